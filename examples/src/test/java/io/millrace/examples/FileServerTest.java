// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files below the root are served whole, and nothing else is. */
class FileServerTest {
    @TempDir private Path directory;
    private Path root;
    private Serving server;

    @BeforeEach
    void serve() throws IOException {
        root = Files.createDirectories(directory.resolve("root")).toRealPath();
        Files.createDirectory(root.resolve("sub"));
        Files.writeString(root.resolve("index.html"), "<p>index");
        Files.writeString(root.resolve("sub/a file.txt"), "text");
        Files.writeString(root.resolve("empty"), "");
        Files.writeString(directory.resolve("secret"), "secret");
        Files.writeString(Files.createDirectory(directory.resolve("root2")).resolve("x"), "secret");
        Files.createSymbolicLink(root.resolve("way-out"), directory.resolve("secret"));
        Files.createSymbolicLink(root.resolve("way-in"), root.resolve("sub"));
        FileServer files = new FileServer(root);
        server = new Serving(1, stream -> HttpConnection.serve(stream, files));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void servesFiles() throws Exception {
        try (Client client = server.connect()) {
            HttpReply reply = get(client, "/sub/a%20file.txt?query");
            assertEquals("text", reply.text());
            assertEquals("text/plain", reply.header("Content-Type"));
            assertEquals(29, reply.header("Last-Modified").length());
            assertEquals("<p>index", get(client, "/").text());
            assertEquals("text", get(client, "/way-in/a%20file.txt").text());
            assertEquals("text", get(client, "/way-in/../sub/./a%20file.txt").text());
            assertEquals("", get(client, "/empty").text());
            assertEquals("text", get(client, "/%73ub/a%20file.txt").text());
        }
    }

    @Test
    void servesFilesThatFillTheSocketManyTimes() throws Exception {
        byte[] content = new byte[20 << 20];
        new Random(1).nextBytes(content);
        Files.write(root.resolve("large"), content);
        try (Client client = new Client(server.address(), 4096)) {
            String request = "GET /large HTTP/1.1\r\nHost: here\r\n\r\n";
            client.send(request + request);
            for (int i = 0; i < 2; i++) {
                assertArrayEquals(content, HttpReply.to(client).body());
            }
            assertEquals("<p>index", get(client, "/").text());
        }
    }

    @Test
    void answersHeadWithoutTheFile() throws Exception {
        try (Client client = server.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: here\r\n\r\n");
            assertEquals("8", HttpReply.head(client).header("Content-Length"));
            assertEquals(200, get(client, "/").status());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret",
                "/..%2fsecret",
                "/%2e%2e/secret",
                "/sub/../../secret",
                "/sub/%2e%2e/%2e%2e/secret",
                "/../root2/x",
                "/way-out",
                "//etc/passwd",
                "/%2fetc%2fpasswd",
                "/../../../../../../../../../../etc/passwd",
                "/sub",
                "/none",
                "/%00",
                "/%ff",
                "/%4",
                "/%zz",
                "/index.html/",
                "/index.html/x",
            })
    void findsNothingElse(String path) throws Exception {
        try (Client client = server.connect()) {
            HttpReply reply = get(client, path);
            assertTrue(!reply.text().contains("secret") && !reply.text().contains("root:"), path);
            boolean slashIsHarmless = path.equals("/index.html/");
            assertEquals(slashIsHarmless ? 200 : 404, reply.status(), path);
        }
    }

    @Test
    void allowsReadingOnly() throws Exception {
        try (Client client = server.connect()) {
            client.send("DELETE /index.html HTTP/1.1\r\nHost: here\r\n\r\n");
            assertEquals(405, HttpReply.to(client).status());
        }
    }

    /** Requests wait their turn: each answer under way holds a descriptor. */
    @Test
    void opensFewFilesForManyPipelinedRequests() throws Exception {
        Files.write(root.resolve("medium"), new byte[1 << 20]);
        int requests = 300;
        try (Client client = new Client(server.address(), 4096)) {
            client.send("GET /medium HTTP/1.1\r\nHost: here\r\n\r\n".repeat(requests));
            Await.until("an answer waits", () -> server.queuedBytes() > 0);
            assertTrue(server.queuedBytes() < 4 << 20, "many files are queued");
        }
        Await.until("the connection is gone", () -> server.connections() == 0);
    }

    @Test
    void servesCurl() throws Exception {
        byte[] content = new byte[3 << 20];
        new Random(2).nextBytes(content);
        Files.write(root.resolve("download"), content);
        Path copy = directory.resolve("copy");
        String base = "http://127.0.0.1:" + server.port();

        Programs.Outcome outcome =
                Programs.run(List.of("curl", "-sS", "-o", copy.toString(), base + "/download"), "");

        assertEquals(new Programs.Outcome(0, ""), outcome);
        assertArrayEquals(content, Files.readAllBytes(copy));
        assertEquals(
                "404",
                Programs.run(
                                List.of(
                                        "curl",
                                        "-sS",
                                        "--path-as-is",
                                        "-o",
                                        copy.toString(),
                                        "-w",
                                        "%{http_code}",
                                        base + "/../secret"),
                                "")
                        .output());
    }

    @Test
    void asServeListsDirectoriesWithoutAnIndex() throws Exception {
        Files.writeString(root.resolve("sub/<&\u00e9>.txt"), "named");
        Files.createDirectory(root.resolve("sub/deeper"));
        FileServer listing = new FileServer(root, new ChangeFeed(root));
        try (Serving serving = new Serving(1, stream -> HttpConnection.serve(stream, listing));
                Client client = serving.connect()) {
            HttpReply reply = get(client, "/sub");
            String page = new String(reply.body(), StandardCharsets.UTF_8);
            assertEquals(200, reply.status());
            assertTrue(page.contains("<a href=\"/sub/a%20file.txt\">a file.txt</a>"), page);
            assertTrue(page.contains("<a href=\"/sub/deeper/\">deeper/</a>"), page);
            assertTrue(
                    page.contains("<a href=\"/sub/%3C%26%C3%A9%3E.txt\">&lt;&amp;\u00e9&gt;.txt<"),
                    page);
            assertEquals("named", get(client, "/sub/%3C%26%C3%A9%3E.txt").text());
            assertEquals("<p>index", get(client, "/").text());
            assertEquals(404, get(client, "/none").status());
            assertEquals(404, get(client, "/way-out").status());
        }
    }

    @Test
    void asServeShowsAsMuchOfALargeDirectoryAsThereIsRoomForAndSaysSo() throws Exception {
        Path large = Files.createDirectory(root.resolve("large"));
        for (int i = 0; i < 2_000; i++) {
            Files.createSymbolicLink(large.resolve("name" + (10_000 + i)), large);
        }
        assertShown(1_000, "more names than the 1000", new FileServer.Room(1_000, 1 << 20));
        assertShown(111, "more names than the 111", new FileServer.Room(1_000, 1_000));
        assertShown(2_000, "</ul>\n", new FileServer.Room(2_000, 1 << 20));
    }

    private void assertShown(int names, String rest, FileServer.Room room) throws Exception {
        FileServer listing = new FileServer(root, new ChangeFeed(root), room);
        try (Serving serving = new Serving(1, stream -> HttpConnection.serve(stream, listing));
                Client client = serving.connect()) {
            String page = get(client, "/large").text();
            assertEquals(names, page.split("<li>", -1).length - 1);
            assertTrue(page.substring(page.indexOf("</ul>")).contains(rest), page);
            assertEquals(names == 2_000, page.endsWith("</ul>\n"));
            assertEquals("<p>index", get(client, "/").text());
        }
    }

    @Test
    void asServeTellsWhatChangesToWhoAsks() throws Exception {
        FileServer watching = new FileServer(root, new ChangeFeed(root));
        try (Serving serving = new Serving(1, stream -> HttpConnection.serve(stream, watching))) {
            for (int i = 0; i < 2; i++) {
                try (Client client = serving.connect()) {
                    client.send("GET /.changes HTTP/1.1\r\nHost: here\r\n\r\n");
                    awaitLine(client, "event: READY");
                    Files.writeString(root.resolve("sub/changed " + i), "now");
                    awaitLine(client, "data: /sub/changed%20" + i);
                }
            }
            Await.until("nobody listens", () -> serving.connections() == 0);
        }
    }

    private static void awaitLine(Client client, String expected) throws IOException {
        String line;
        do {
            line = client.readLine();
        } while (!line.equals(expected));
    }

    private static HttpReply get(Client client, String path) throws IOException {
        client.send("GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n");
        return HttpReply.to(client);
    }
}
