// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.file.AsyncFile;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection's requests and answers, in order: what comes pipelined leaves together.
 *
 * <p>A client that asks faster than it takes answers fills the write queue. Then no further request
 * is looked at, the rest of the chunk is kept, and reading pauses until the queue has fallen.
 */
final class HttpConnection implements ReadHandler {
    /** How long a client may be silent, or take nothing of an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How long to wait for the client to hear of the end. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    /** How much to listen to from a client that sends on after the end. */
    private static final long FAREWELL_BYTES = 1 << 20;

    private static final byte[] NO_HEADER = new byte[0];
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");

    private final ByteStream stream;
    private final HttpHandler handler;
    private final HttpAnswers answers;
    private final HttpParser parser = new HttpParser();
    private @Nullable Chunk rest;
    private boolean isBelowHigh = true;
    private boolean isEnding;

    /** Whether the handler still looks for its answer. */
    private boolean isHeld;

    private long ignoredBytes;

    private HttpConnection(ByteStream stream, HttpHandler handler) {
        this.stream = stream;
        this.handler = handler;
        answers = HttpAnswers.of(stream.loop());
    }

    static void serve(ByteStream stream, HttpHandler handler) {
        HttpConnection connection = new HttpConnection(stream, handler);
        stream.readTimeout(PATIENCE, HttpConnection::closeIfIdle);
        stream.writeTimeout(PATIENCE, ByteStream::closeReset);
        stream.onWritable(connection::goOn);
        stream.onClosed(connection::dropRest);
        stream.read(connection);
    }

    @Override
    public void onRead(ByteStream from, Chunk chunk) {
        answerRequests(chunk);
        if (!isBelowHigh || isHeld) {
            stream.pauseReading();
            if (chunk.length() > 0) {
                rest = chunk.keep();
            }
        }
    }

    /** A client that is silent because an answer is still on its way to it may stay. */
    private static void closeIfIdle(ByteStream stream) {
        if (stream.writeQueueSize() == 0) {
            stream.close();
        }
    }

    /** The queue has fallen. */
    private void goOn() {
        isBelowHigh = true;
        if (!isHeld) {
            goOnReading();
        }
    }

    /** First what was kept, then what comes. */
    private void goOnReading() {
        Chunk kept = rest;
        if (kept != null) {
            answerRequests(kept);
        }
        if (isBelowHigh && !isHeld && !stream.isClosing()) {
            dropRest();
            stream.resumeReading();
        }
    }

    private void dropRest() {
        Chunk kept = rest;
        rest = null;
        if (kept != null) {
            kept.release();
        }
    }

    private void answerRequests(Chunk chunk) {
        while (isBelowHigh && !isHeld && !isEnding && chunk.length() > 0) {
            HttpParser.Progress progress = parser.parse(chunk);
            if (progress == HttpParser.Progress.COMPLETE) {
                handler.handle(parser.request(), this);
            } else if (progress == HttpParser.Progress.REFUSED) {
                refuse(parser.refusal());
            }
        }
        if (isEnding) {
            ignore(chunk);
        }
    }

    /**
     * The handler will answer later, in a callback of the loop's, and say {@link #answered} then.
     * The next request is not looked at before.
     */
    void hold() {
        isHeld = true;
    }

    /** What was held has its answer, unless the connection is closing. */
    void answered() {
        isHeld = false;
        if (isBelowHigh) {
            goOnReading();
        }
    }

    EventLoop loop() {
        return stream.loop();
    }

    boolean isClosing() {
        return stream.isClosing();
    }

    /** Answers with a status and its name. */
    void send(HttpStatus status) {
        send(answers.bare(status));
    }

    void sendPlaintext() {
        send(answers.plaintext);
    }

    /** Copies a prepared answer into the write queue. */
    private void send(HttpAnswer answer) {
        HttpRequest request = parser.request();
        boolean isHead = request.method == HttpRequest.Method.HEAD;
        int length = isHead ? answer.headEnd + 2 : answer.bytes.length;
        byte[] header = connectionHeader(request);
        if (header.length == 0) {
            isBelowHigh = stream.write(answer.bytes, 0, length);
        } else {
            stream.write(answer.bytes, 0, answer.headEnd);
            stream.write(header, 0, header.length);
            isBelowHigh = stream.write(answer.bytes, answer.headEnd, length - answer.headEnd);
        }
        endUnlessKept(request);
    }

    /** Sends a file, of which the kernel makes no copy in this process. */
    void sendFile(AsyncFile file, long size, String headers) {
        HttpRequest request = parser.request();
        String connection = new String(connectionHeader(request), StandardCharsets.US_ASCII);
        String head =
                HttpAnswer.head(HttpStatus.OK, answers.date(), headers)
                        + ("Content-Length: " + size + "\r\n" + connection + "\r\n");
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        isBelowHigh = stream.write(bytes, 0, bytes.length);
        if (request.method == HttpRequest.Method.GET && size > 0) {
            isBelowHigh = stream.sendFile(file, 0, size, null);
        }
        endUnlessKept(request);
    }

    /** Sends a text that was made for this request. */
    void sendText(String text) {
        sendText("text/plain", text);
    }

    /** Each character is a byte. */
    void sendText(String type, String text) {
        HttpAnswer answer = new HttpAnswer(HttpStatus.OK, "", type, text);
        answer.date(answers.date().getBytes(StandardCharsets.US_ASCII));
        send(answer);
    }

    /**
     * Begins an answer that goes on for as long as it likes, and is the connection's last; the body
     * is written to the stream that is answered.
     *
     * @param writable called when what was written has left, after a write has answered false
     */
    ByteStream stream(String headers, Runnable writable, Runnable closed) {
        HttpRequest request = parser.request();
        request.wantsClose = true;
        isEnding = true;
        String head =
                HttpAnswer.head(HttpStatus.OK, answers.date(), headers)
                        + "Connection: close\r\n\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        stream.readTimeout(Duration.ZERO, ByteStream::close);
        stream.onWritable(writable);
        stream.onClosed(closed);
        stream.write(bytes, 0, bytes.length);
        return stream;
    }

    private void refuse(HttpStatus status) {
        parser.request().wantsClose = true;
        send(status);
    }

    private static byte[] connectionHeader(HttpRequest request) {
        if (!request.keepsAlive()) {
            return CLOSE;
        }
        return request.isHttp10 ? KEEP_ALIVE : NO_HEADER;
    }

    /**
     * Ends the connection after an answer that says so: half-closes, and listens until the client
     * has, too. Closing at once could reset the connection, because of bytes that the client still
     * sends, before it has read the answer.
     */
    private void endUnlessKept(HttpRequest request) {
        if (!request.keepsAlive()) {
            isEnding = true;
            stream.shutdown();
            stream.readTimeout(FAREWELL, ByteStream::close);
        }
    }

    private void ignore(Chunk chunk) {
        ignoredBytes += chunk.length();
        chunk.skip(chunk.length());
        if (ignoredBytes > FAREWELL_BYTES) {
            stream.close();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
