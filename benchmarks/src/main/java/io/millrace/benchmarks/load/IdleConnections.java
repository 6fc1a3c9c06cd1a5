// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Connections on which nothing happens, held by a process of their own: so their descriptors do not
 * count against the limit of the measured one.
 *
 * <p>The process says one word when it has connected, waits for its standard input to end, and then
 * says whether every connection is still as it was.
 */
public final class IdleConnections implements AutoCloseable {
    private static final String CONNECTED = "connected";
    private static final String INTACT = "intact";

    private final Process process;
    private final BufferedReader answers;

    private IdleConnections(Process process) {
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Returns when all of them are connected. */
    public static IdleConnections open(RunningServer server, int count) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command =
                List.of(
                        java.toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleConnections.class.getName(),
                        Integer.toString(server.address().getPort()),
                        Integer.toString(count));
        Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        IdleConnections connections = new IdleConnections(process);
        try {
            connections.expect(CONNECTED);
        } catch (IOException e) {
            connections.close();
            throw e;
        }
        return connections;
    }

    /** Fails if the server has closed one of them, or has sent something. */
    public void finish() throws IOException {
        process.getOutputStream().close();
        expect(INTACT);
    }

    /** Ends the process, and with it the connections. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void expect(String word) throws IOException {
        String answer = answers.readLine();
        if (!word.equals(answer)) {
            String reason = answer == null ? "their process ended" : answer;
            throw new IOException("idle connections: " + reason);
        }
    }

    /** The process: arguments are a port of this machine and the number of connections. */
    @SuppressWarnings("SystemOut") // The words are for the parent.
    public static void main(String[] arguments) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        int count = Integer.parseInt(arguments[1]);
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(address);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
            }
            System.out.println(CONNECTED);
            awaitEndOfInput();
            int disturbed = selector.selectNow();
            System.out.println(disturbed == 0 ? INTACT : disturbed + " were not left alone");
        } catch (IOException e) {
            System.out.println(e);
        }
    }

    private static void awaitEndOfInput() {
        try (BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            while (input.readLine() != null) {
                // The parent has nothing to say but the end.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
