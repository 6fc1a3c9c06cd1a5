// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers over real connections: in order, bounded, and heard to the end; curl and wrk agree. */
class HttpServerTest {
    private static final String HOST = "Host: here\r\n";
    private static final String PLAINTEXT = "GET /plaintext HTTP/1.1\r\n" + HOST + "\r\n";
    private static final long HANG_SECONDS = 60;

    private Serving server;

    @BeforeEach
    void serve() throws IOException {
        server = new Serving(1, stream -> HttpConnection.serve(stream, HttpServer::handle));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersWithThePage() throws Exception {
        try (Client client = server.connect().send(PLAINTEXT)) {
            HttpReply reply = HttpReply.to(client);

            assertEquals(200, reply.status());
            assertEquals("Hello, World!", reply.text());
            assertEquals("text/plain", reply.header("Content-Type"));
            assertEquals("none", reply.header("Connection"));
            assertEquals(29, reply.header("Date").length());
            Instant date =
                    ZonedDateTime.parse(reply.header("Date"), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
            Duration age = Duration.between(date, Instant.now());
            assertTrue(age.abs().toSeconds() < HANG_SECONDS, () -> "the date is off by " + age);
        }
    }

    @Test
    void renewsTheDate() throws Exception {
        try (Client client = server.connect()) {
            String first = HttpReply.to(client.send(PLAINTEXT)).header("Date");
            Await.until(
                    "the date has changed",
                    () -> !HttpReply.to(client.send(PLAINTEXT)).header("Date").equals(first));
        }
    }

    @Test
    void keepsTheConnectionForMore() throws Exception {
        try (Client client = server.connect()) {
            for (int i = 0; i < 100; i++) {
                assertEquals(200, HttpReply.to(client.send(PLAINTEXT)).status());
            }
        }
    }

    @Test
    void answersWhatIsPipelinedInOrder() throws Exception {
        String burst =
                PLAINTEXT
                        + PLAINTEXT.replace("GET", "HEAD")
                        + "GET /no HTTP/1.1\r\n"
                        + HOST
                        + "\r\n"
                        + PLAINTEXT;
        try (Client client = server.connect().send(burst)) {
            assertEquals(200, HttpReply.to(client).status());
            assertEquals("13", HttpReply.head(client).header("Content-Length"));
            assertEquals(404, HttpReply.to(client).status());
            assertEquals("Hello, World!", HttpReply.to(client).text());
        }
    }

    @Test
    void answersARequestSentByteByByte() throws Exception {
        try (Client client = server.connect()) {
            for (char each : (PLAINTEXT + PLAINTEXT).toCharArray()) {
                client.send(String.valueOf(each));
            }
            assertEquals(200, HttpReply.to(client).status());
            assertEquals(200, HttpReply.to(client).status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1, 404",
        "GET /plaintext/ HTTP/1.1, 404",
        "GET /plaintext?a=b HTTP/1.1, 200",
        "GET http://here/plaintext HTTP/1.1, 200",
        "OPTIONS * HTTP/1.1, 405",
        "get /plaintext HTTP/1.1, 405",
    })
    void answersAndKeepsTheConnection(String requestLine, int status) throws Exception {
        try (Client client = server.connect().send(requestLine + "\r\n" + HOST + "\r\n")) {
            HttpReply reply = HttpReply.to(client);
            assertEquals(status, reply.status());
            assertEquals(status == 405 ? "GET, HEAD" : "none", reply.header("Allow"));
            assertEquals(200, HttpReply.to(client.send(PLAINTEXT)).status());
        }
    }

    @Test
    void skipsTheBodyOfWhatItDoesNotAllow() throws Exception {
        String post = "POST /plaintext HTTP/1.1\r\n" + HOST + "Content-Length: 100000\r\n\r\n";
        try (Client client = server.connect().send(post)) {
            assertEquals(405, HttpReply.to(client).status());
            client.send("GET /no HTTP/1.1\r\n\r\n".repeat(5000));
            assertEquals(200, HttpReply.to(client.send(PLAINTEXT)).status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /plaintext HTTP/1.1, Connection: close, 200",
        "GET /plaintext HTTP/1.0, X: y, 200",
        "GET /none HTTP/1.0, X: y, 404",
        "nonsense, X: y, 400",
        "GET / HTTP/1.1, Host: twice, 400",
        "GET / HTTP/2.0, X: y, 505",
        "POST / HTTP/1.1, Transfer-Encoding: chunked, 501",
    })
    void answersAndThenCloses(String requestLine, String header, int status) throws Exception {
        String request = requestLine + "\r\n" + HOST + header + "\r\n\r\n";
        try (Client client = server.connect().send(request + PLAINTEXT)) {
            HttpReply reply = HttpReply.to(client);
            assertEquals(status, reply.status());
            assertEquals("close", reply.header("Connection"));
            assertTrue(client.isAtEnd(), "it answered more than the last request");
        }
    }

    @Test
    void refusesHeadsThatAreTooLarge() throws Exception {
        try (Client client = server.connect()) {
            client.send("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(10_000));
            assertEquals(431, HttpReply.to(client).status());
        }
        try (Client client = server.connect().send("GET /" + "a".repeat(100_000))) {
            assertEquals(414, HttpReply.to(client).status());
        }
    }

    @Test
    void keepsOldConnectionsWhenAsked() throws Exception {
        String request = "GET /plaintext HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        try (Client client = server.connect()) {
            assertEquals("keep-alive", HttpReply.to(client.send(request)).header("Connection"));
            assertEquals(200, HttpReply.to(client.send(request)).status());
        }
    }

    @Test
    void answersAClientThatHasFinishedSending() throws Exception {
        try (Client client = server.connect().send(PLAINTEXT).finish()) {
            assertEquals(200, HttpReply.to(client).status());
            assertTrue(client.isAtEnd());
        }
    }

    /** The answer must not be lost to a reset, though the client goes on sending. */
    @Test
    void isHeardByAClientThatKeepsSending() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (Client client = server.connect()) {
                client.send("nonsense\r\n\r\n");
                client.send("more ".repeat(1000));
                assertEquals(400, HttpReply.to(client).status());
            }
        }
    }

    @Test
    void breaksOffFromAClientThatNeverStopsSending() throws Exception {
        try (Client client = server.connect().send("nonsense\r\n\r\n")) {
            byte[] more = new byte[1 << 16];
            Await.until("sending fails", () -> !sends(client, more));
        }
        Await.until("the connection is gone", () -> server.connections() == 0);
    }

    @Test
    void looksAtNoFurtherRequestsOfAClientThatTakesNoAnswers() throws Exception {
        int requests = 100_000;
        try (Client client = new Client(server.address(), 4096)) {
            CompletableFuture<Void> sender =
                    CompletableFuture.runAsync(() -> sendMany(client, requests));
            Await.until("answers pile up", () -> server.queuedBytes() > 32 << 10);
            assertTrue(server.queuedBytes() < 256 << 10, "the queue has no bound");
            for (int i = 0; i < requests; i++) {
                assertEquals("Hello, World!", HttpReply.to(client).text());
            }
            sender.get(HANG_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void servesCurl() throws Exception {
        String url = "http://127.0.0.1:" + server.port() + "/plaintext";
        Programs.Outcome outcome =
                Programs.run(
                        List.of("curl", "-sS", "-w", "%{http_code} %{num_connects}\n", url, url),
                        "");

        assertEquals("Hello, World!200 1\nHello, World!200 0\n", outcome.output());
    }

    @Test
    void servesWrk() throws Exception {
        String url = "http://127.0.0.1:" + server.port() + "/plaintext";
        Programs.Outcome outcome = Programs.run(List.of("wrk", "-t1", "-c64", "-d1s", url), "");

        assertEquals(0, outcome.status(), outcome.output());
        assertTrue(outcome.output().contains("Requests/sec"), outcome.output());
        assertTrue(!outcome.output().contains("Socket errors"), outcome.output());
        assertTrue(!outcome.output().contains("Non-2xx"), outcome.output());
    }

    private static boolean sends(Client client, byte[] bytes) {
        try {
            client.send(bytes);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static void sendMany(Client client, int requests) {
        byte[] batch = PLAINTEXT.repeat(100).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try {
            for (int i = 0; i < requests / 100; i++) {
                client.send(batch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
