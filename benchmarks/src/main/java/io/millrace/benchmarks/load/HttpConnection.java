// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One connection of an {@link HttpLoad}. */
final class HttpConnection extends RequestConnection {
    private static final int LONGEST_HEAD = 8 << 10;
    private static final byte[] STATUS = ascii("HTTP/1.1 200 ");
    private static final byte[] LENGTH = ascii("\r\ncontent-length:");
    private static final byte[] END = ascii("\r\n\r\n");
    private static final int DECIMAL = 10;

    private final int bodyBytes;
    private final int requestBytes;

    /** As many requests in a row as may be under way. */
    private final ByteBuffer requests;

    /** In bytes; the unsent ones begin in the request that has been sent up to there. */
    private long queued;

    private long written;

    /** The head of the answer that is under way, in lower case, as far as it has come. */
    private final byte[] head = new byte[LONGEST_HEAD];

    private int headBytes;

    /** How many bytes of a body have come, or -1 within a head. */
    private int body = -1;

    HttpConnection(RequestLoad load, int number, int bodyBytes, int inFlight) throws IOException {
        super(load, number, inFlight);
        this.bodyBytes = bodyBytes;
        byte[] request =
                ascii(
                        "GET /"
                                + bodyBytes
                                + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain\r\n"
                                + "User-Agent: millrace-bench\r\nConnection: keep-alive\r\n\r\n");
        requestBytes = request.length;
        requests = ByteBuffer.allocateDirect((inFlight + 1) * requestBytes);
        while (requests.hasRemaining()) {
            requests.put(request);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    void ask(int count) {
        queued += (long) count * requestBytes;
    }

    @Override
    ByteBuffer unsent() {
        int begin = (int) (written % requestBytes);
        return requests.limit(begin + (int) (queued - written)).position(begin);
    }

    @Override
    void sent(int bytes) {
        written += bytes;
    }

    @Override
    int verify(ByteBuffer bytes) throws IOException {
        int answers = 0;
        while (bytes.hasRemaining()) {
            if (body < 0) {
                takeHead(bytes);
            }
            if (body >= 0) {
                takeBody(bytes);
                if (body == bodyBytes) {
                    body = -1;
                    headBytes = 0;
                    answers++;
                }
            }
        }
        return answers;
    }

    private void takeHead(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining() && body < 0) {
            if (headBytes == LONGEST_HEAD) {
                throw wrong("the head of an answer does not end");
            }
            byte next = bytes.get();
            boolean upper = headBytes >= STATUS.length && next >= 'A' && next <= 'Z';
            head[headBytes++] = upper ? (byte) (next - 'A' + 'a') : next;
            if (next == '\n' && matches(headBytes - END.length, END)) {
                checkHead();
                body = 0;
            }
        }
    }

    private void checkHead() throws IOException {
        if (!matches(0, STATUS)) {
            throw wrong("not an answer of status 200");
        }
        int at = STATUS.length;
        while (at < headBytes && !matches(at, LENGTH)) {
            at++;
        }
        at += LENGTH.length;
        int length = 0;
        for (; at < headBytes && head[at] != '\r'; at++) {
            if (head[at] >= '0' && head[at] <= '9') {
                length = length * DECIMAL + head[at] - '0';
            }
        }
        if (length != bodyBytes) {
            throw wrong("an answer without a content-length of " + bodyBytes);
        }
    }

    private boolean matches(int at, byte[] text) {
        if (at < 0 || at + text.length > headBytes) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (head[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private void takeBody(ByteBuffer bytes) throws IOException {
        int count = Math.min(bytes.remaining(), bodyBytes - body);
        int end = bytes.limit();
        bytes.limit(bytes.position() + count);
        if (!load().payload.matches(bytes, body)) {
            throw new IOException(this + ": wrong bytes among the " + count + " after " + body);
        }
        body += count;
        bytes.position(bytes.limit()).limit(end);
    }

    private IOException wrong(String what) {
        String text = new String(head, 0, headBytes, StandardCharsets.US_ASCII);
        return new IOException(this + ": " + what + ": " + text.lines().findFirst().orElse(""));
    }
}
