// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples out of descriptors, cold, and with their classes in directories: every class that
 * they had not needed before is a file that cannot be opened then. When the flood is over they
 * serve as if nothing had been.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are counted in /proc")
class ExhaustedServersTest {
    private static final int DESCRIPTORS = 128;
    private static final int CLIENTS = 160;

    @TempDir private Path directory;
    private final List<Process> processes = new ArrayList<>();
    private final List<Client> flood = new ArrayList<>();

    /** What a client says, and whether it was answered as it should be. */
    private record Service(String program, List<String> options, String request, Check check) {}

    private interface Check {
        boolean passes(Client client, InetSocketAddress server) throws IOException;
    }

    @AfterEach
    void endAll() throws IOException {
        for (Client client : flood) {
            client.close();
        }
        processes.forEach(Process::destroyForcibly);
    }

    static List<String> backends() {
        return Serving.backends();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void serversOutOfDescriptorsServeAgainWhenThereAreSome(String backend) throws Exception {
        Files.writeString(directory.resolve("page.html"), "a page");
        try (Serving target = new Serving("nio", 1, EchoServer::serve)) {
            List<Service> services = services(target.port());
            for (Service service : services) {
                start(backend, service);
            }
            for (int i = 0; i < services.size(); i++) {
                floodAndServe(processes.get(i), services.get(i));
            }
        }
    }

    private List<Service> services(int target) {
        Check echo = (client, server) -> client.send("hello\n").readLine().equals("hello");
        Check status =
                (client, server) -> {
                    client.send("GET /page.html HTTP/1.1\r\nHost: a\r\n\r\n");
                    HttpReply reply = HttpReply.to(client);
                    return reply.status() == 200 && reply.text().equals("a page");
                };
        Check plaintext =
                (client, server) -> {
                    client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n");
                    return HttpReply.to(client).status() == 200;
                };
        Check chat =
                (client, server) -> {
                    try (Client other = new Client(server)) {
                        other.send("hi\n");
                        String line = client.readLine();
                        while (!line.endsWith("hi")) {
                            // Who has joined, and who of the flood has left.
                            line = client.readLine();
                        }
                        return true;
                    }
                };
        return List.of(
                new Service("EchoServer", List.of(), "hello\n", echo),
                new Service("HttpServer", List.of(), "GET /x HTTP/1.1\r\n\r\n", plaintext),
                new Service(
                        "FileServer",
                        List.of("--root", directory.toString()),
                        "GET /page.html HTTP/1.1\r\nHost: a\r\n\r\n",
                        status),
                new Service("ProxyServer", List.of("--to", "127.0.0.1:" + target), "a\n", echo),
                new Service("ChatServer", List.of(), "hello\n", chat));
    }

    private void floodAndServe(Process server, Service service) throws Exception {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", port(server));
        for (int i = 0; i < CLIENTS; i++) {
            flood.add(new Client(address).send(service.request()));
        }
        Await.until("it is out", () -> descriptors(server) >= DESCRIPTORS - 1 || !server.isAlive());
        assertTrue(server.isAlive(), () -> service + " ended: " + errors(server));
        for (Client client : flood) {
            client.close();
        }
        flood.clear();

        Await.until("it serves again", () -> isServed(service, address) || !server.isAlive());

        assertTrue(server.isAlive(), () -> service + " ended: " + errors(server));
        for (int i = 0; i < 3; i++) {
            try (Client client = new Client(address)) {
                assertTrue(service.check().passes(client, address), service::toString);
            }
        }
        String errors = errors(server);
        assertEquals(-1, errors.indexOf("NoClassDefFoundError"), errors);
        server.destroyForcibly();
    }

    private static boolean isServed(Service service, InetSocketAddress address) {
        try (Client client = new Client(address)) {
            return service.check().passes(client, address);
        } catch (IOException notYet) {
            return false;
        }
    }

    private void start(String backend, Service service) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c"));
        command.add("ulimit -n " + DESCRIPTORS + "; exec \"$@\"");
        command.add("sh");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
        command.add("io.millrace.examples." + service.program());
        command.addAll(List.of("--port", "0", "--backend", backend));
        command.addAll(service.options());
        int number = processes.size();
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(directory.resolve("output" + number).toFile())
                        .redirectError(directory.resolve("errors" + number).toFile())
                        .start();
        processes.add(process);
    }

    /** Surefire hides the real one behind a jar with a manifest. */
    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private int port(Process server) throws Exception {
        Path output = directory.resolve("output" + processes.indexOf(server));
        Await.until("it listens", () -> Files.readString(output).contains("\n"));
        String line = Files.readString(output);
        return Integer.parseInt(line.replaceAll("(?s).*127\\.0\\.0\\.1:(\\d+).*", "$1"));
    }

    private static long descriptors(Process process) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return files.count();
        }
    }

    private String errors(Process server) {
        try {
            return Files.readString(directory.resolve("errors" + processes.indexOf(server)));
        } catch (IOException e) {
            return "no errors: " + e;
        }
    }
}
