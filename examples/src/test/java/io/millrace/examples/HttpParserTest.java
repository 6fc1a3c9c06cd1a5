// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests cut anywhere are understood, and ambiguous ones refused. */
class HttpParserTest {
    private static final String HOST = "Host: here\r\n";

    /** A chunk that no loop waits for. */
    private static final class Bytes extends PoolChunk {
        Bytes(String text) {
            super(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), 0);
            lend();
            filled(0, capacity());
        }

        @Override
        protected boolean isScarce() {
            return false;
        }

        @Override
        protected PoolChunk copyElsewhere() {
            return this;
        }

        @Override
        protected void recycle() {}
    }

    @Test
    void readsARequest() {
        HttpRequest request = complete("GET /a/b?c=d HTTP/1.1\r\n" + HOST + "Accept: */*\r\n\r\n");

        assertEquals(HttpRequest.Method.GET, request.method);
        assertEquals("/a/b", request.path());
        assertTrue(request.pathIs(new byte[] {'/', 'a', '/', 'b'}));
        assertFalse(request.pathIs(new byte[] {'/', 'a', '/'}));
        assertTrue(request.keepsAlive());
    }

    @Test
    void readsRequestsThatAreCutAnywhere() {
        String text =
                "GET /one HTTP/1.1\r\n"
                        + HOST
                        + "\r\n"
                        + "POST /two HTTP/1.1\r\n"
                        + HOST
                        + "Content-Length: 5\r\n\r\nHELLO"
                        + "HEAD /three HTTP/1.0\n\n";
        List<String> expected = List.of("GET /one", "OTHER /two", "HEAD /three");
        for (int cut = 0; cut <= text.length(); cut++) {
            HttpParser parser = new HttpParser();
            List<String> seen = new ArrayList<>();
            parseAll(parser, text.substring(0, cut), seen);
            parseAll(parser, text.substring(cut), seen);
            assertEquals(expected, seen, "cut at " + cut);
        }
    }

    @Test
    void readsRequestsByteByByte() {
        HttpParser parser = new HttpParser();
        List<String> seen = new ArrayList<>();
        String text =
                "GET /one HTTP/1.1\r\n"
                        + HOST
                        + "Content-Length: 2\r\n\r\n\r\nHEAD /2 HTTP/1.0\r\n\r\n";
        for (char each : text.toCharArray()) {
            parseAll(parser, String.valueOf(each), seen);
        }
        assertEquals(List.of("GET /one", "HEAD /2"), seen);
    }

    @Test
    void leavesPipelinedRequestsInTheChunk() {
        HttpParser parser = new HttpParser();
        Chunk chunk = new Bytes("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");

        assertEquals(HttpParser.Progress.COMPLETE, parser.parse(chunk));
        assertEquals("/1", parser.request().path());
        assertEquals(19, chunk.length());
    }

    @Test
    void ignoresEmptyLinesBeforeARequest() {
        assertEquals("/", complete("\r\n\r\nGET / HTTP/1.0\r\n\r\n").path());
    }

    @Test
    void takesTheAbsoluteForm() {
        assertEquals("/a", complete("GET http://here:80/a?b HTTP/1.1\r\n" + HOST + "\r\n").path());
        assertEquals("/", complete("GET http://here HTTP/1.1\r\n" + HOST + "\r\n").path());
    }

    @Test
    void understandsConnectionHeaders() {
        String modern = "GET / HTTP/1.1\r\n" + HOST;
        String old = "GET / HTTP/1.0\r\n";

        assertFalse(complete(modern + "connection:close\r\n\r\n").keepsAlive());
        assertFalse(complete(modern + "Connection: x, CLOSE ,y\r\n\r\n").keepsAlive());
        assertTrue(complete(modern + "Connection: closed\r\n\r\n").keepsAlive());
        assertFalse(complete(old + "\r\n").keepsAlive());
        assertTrue(complete(old + "Connection: Keep-Alive\r\n\r\n").keepsAlive());
    }

    @Test
    void forgetsOneRequestWithTheNext() {
        HttpParser parser = new HttpParser();
        parser.parse(new Bytes("HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
        parser.parse(new Bytes("POST /two HTTP/1.1\r\n" + HOST + "\r\n"));
        HttpRequest second = parser.request();

        assertFalse(second.isReading());
        assertFalse(second.wantsKeepAlive);
        assertEquals("/two", second.path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n",
                "GET /\r\n",
                " GET / HTTP/1.1\r\n",
                "GET  / HTTP/1.1\r\n",
                "GET / HTTP/1.1 \r\n",
                "GET / http/1.1\r\n",
                "GET / HTTP/1\r\n",
                "GET / HTTP/1.10\r\n",
                "GET a HTTP/1.1\r\n",
                "GET /\u00ff HTTP/1.1\r\n",
                "G\u0001T / HTTP/1.1\r\n",
                "\u0016\u0003\u0001\u0002\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET / HTTP/1.1\r\n: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\u0000b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000000000\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: x\r\n\r\n",
                "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            })
    void refusesWhatIsMalformed(String text) {
        assertEquals(HttpStatus.BAD_REQUEST, refusal(text));
    }

    @Test
    void refusesOtherVersions() {
        assertEquals(HttpStatus.VERSION_NOT_SUPPORTED, refusal("PRI * HTTP/2.0\r\n\r\n"));
        assertEquals(HttpStatus.VERSION_NOT_SUPPORTED, refusal("GET / HTTP/0.9\r\n"));
    }

    @Test
    void refusesChunkedBodies() {
        String head = "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";
        assertEquals(HttpStatus.NOT_IMPLEMENTED, refusal(head));
    }

    @Test
    void limitsTheHead() {
        String line = "GET / HTTP/1.1\r\n" + HOST;
        int room = HttpParser.HEAD_LIMIT - line.length() + 2;
        String fits = "X: " + "y".repeat(room - 5);

        complete(line + fits + "\r\n\r\n");
        assertEquals(HttpStatus.HEADER_TOO_LARGE, refusal(line + fits + "yy\r\n\r\n"));
        assertEquals(HttpStatus.HEADER_TOO_LARGE, refusal(line + "A: b\r\n".repeat(2000) + "\r\n"));
        assertEquals(HttpStatus.URI_TOO_LONG, refusal("GET /" + "a".repeat(9000)));
    }

    @Test
    void skipsLongBodies() {
        HttpParser parser = new HttpParser();
        List<String> seen = new ArrayList<>();
        parseAll(parser, "GET /1 HTTP/1.0\r\nContent-Length: 300000\r\n\r\n", seen);
        for (int i = 0; i < 3; i++) {
            parseAll(parser, "GET /body HTTP/1.0\r\n".repeat(5000), seen);
        }
        parseAll(parser, "GET /2 HTTP/1.0\r\n\r\n", seen);

        assertEquals(List.of("GET /1", "GET /2"), seen);
    }

    private static void parseAll(HttpParser parser, String text, List<String> seen) {
        Chunk chunk = new Bytes(text);
        while (chunk.length() > 0) {
            HttpParser.Progress progress = parser.parse(chunk);
            if (progress == HttpParser.Progress.COMPLETE) {
                seen.add(parser.request().method + " " + parser.request().path());
            }
            assertFalse(progress == HttpParser.Progress.REFUSED, () -> "" + parser.refusal());
        }
    }

    private static HttpRequest complete(String text) {
        HttpParser parser = new HttpParser();
        Chunk chunk = new Bytes(text);
        assertEquals(
                HttpParser.Progress.COMPLETE, parser.parse(chunk), () -> "" + parser.refusal());
        assertEquals(0, chunk.length());
        return parser.request();
    }

    private static HttpStatus refusal(String text) {
        HttpParser parser = new HttpParser();
        assertEquals(HttpParser.Progress.REFUSED, parser.parse(new Bytes(text)));
        return parser.refusal();
    }
}
