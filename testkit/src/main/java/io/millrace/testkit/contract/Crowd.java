// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Very many clients, in a process of their own: both ends of ten thousand connections are more
 * descriptors than one process usually may have.
 *
 * <p>The process connects and says so; told to go on, it sends one byte on each connection and
 * waits for its echo, says how many came, and keeps all connections open until it is closed.
 */
final class Crowd implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private Crowd(Process process) {
        this.process = process;
        output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    static Crowd of(int clients, int port) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classes = Crowd.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        List<String> command =
                List.of(
                        java.toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes,
                        Crowd.class.getName(),
                        Integer.toString(clients),
                        Integer.toString(port));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return new Crowd(builder.start());
    }

    /** Lets every client send its byte. */
    void goOn() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** Whether the crowd has said something. */
    boolean hasSpoken() {
        try {
            return output.ready();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String hear() throws IOException {
        return output.readLine();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }

    /** The crowd's own process. */
    public static void main(String... arguments) throws IOException {
        int clients = Integer.parseInt(arguments[0]);
        int port = Integer.parseInt(arguments[1]);
        List<Socket> sockets = new ArrayList<>(clients);
        for (int i = 0; i < clients; i++) {
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        System.out.println("connected " + sockets.size());
        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        Objects.requireNonNull(input.readLine());
        for (Socket socket : sockets) {
            socket.getOutputStream().write(7);
        }
        int echoed = 0;
        for (Socket socket : sockets) {
            echoed += socket.getInputStream().read() == 7 ? 1 : 0;
        }
        System.out.println("echoed " + echoed);
        input.readLine();
    }
}
