// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a {@link GrpcLoad}: as much of HTTP/2 (RFC 9113) and its header compression (RFC
 * 7541) as that takes.
 *
 * <p>The server is asked not to compress its headers with a table, so that they can be read without
 * one. The headers of calls are compressed with it, as those of gRPC's own clients.
 */
final class GrpcConnection extends RequestConnection {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private static final int ACKNOWLEDGED = 1;
    private static final int END_OF_STREAM = 1;
    private static final int END_OF_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;

    private static final int TABLE_SIZE = 1;
    private static final int INITIAL_WINDOW = 4;
    private static final int SETTING_BYTES = 6;

    private static final int FRAME_HEAD = 9;
    private static final int LONGEST_FRAME = 16 << 10;
    private static final int PREFIX = 5;
    private static final int FIRST_WINDOW = 65_535;
    private static final int WHOLE_WINDOW = Integer.MAX_VALUE;

    /** When so much has come, the server may send so much more. */
    private static final int REFILL = 1 << 30;

    /** For acknowledgements and the like, beside a call. */
    private static final int SPARE = 64 << 10;

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Of the static table. */
    private static final int AUTHORITY = 1;

    private static final int POST = 3;
    private static final int PATH = 4;
    private static final int PLAIN_HTTP = 6;
    private static final int STATUS_200 = 8;
    private static final int CONTENT_TYPE = 31;
    private static final int USER_AGENT = 58;

    /** The first entry that is not of the static table, and the newest. */
    private static final int NEWEST = 62;

    private static final int INDEXED = 0x80;
    private static final int REMEMBERED = 0x40;
    private static final int NEW_TABLE_SIZE = 0x20;
    private static final int NEW_TABLE_SIZE_MASK = 0xe0;

    private static final byte[] FIRST_HEADERS = firstHeaders();
    private static final byte[] LATER_HEADERS = laterHeaders();

    /** The header, not compressed, as the end of a call that went well has it. */
    private static final byte[] WELL = well();

    private final int messageBytes;
    private final long origin;
    private final ByteBuffer unsent;

    private final byte[] frame = new byte[FRAME_HEAD + LONGEST_FRAME];

    /** A view of the frame. */
    private final ByteBuffer content = ByteBuffer.wrap(frame);

    /** How many bytes of the present frame have come, and how many it has, once that is known. */
    private int frameBytes;

    private int frameLength = FRAME_HEAD;

    private boolean isOpen;
    private int streamWindow = FIRST_WINDOW;
    private long window = FIRST_WINDOW;
    private long received;

    private int waiting;
    private int calls;
    private boolean hasHeaders;
    private int answerBytes;

    GrpcConnection(RequestLoad load, int number, int messageBytes) throws IOException {
        super(load, number, 1);
        this.messageBytes = messageBytes;
        origin = number * EchoConnection.STRIDE;
        int frames = messageBytes / LONGEST_FRAME + 2;
        unsent = ByteBuffer.allocateDirect(messageBytes + frames * FRAME_HEAD + SPARE).limit(0);
        unsent.compact().put(PREFACE);
        putFrame(2 * SETTING_BYTES, SETTINGS, 0, 0);
        unsent.putShort((short) TABLE_SIZE).putInt(0);
        unsent.putShort((short) INITIAL_WINDOW).putInt(WHOLE_WINDOW);
        putFrame(Integer.BYTES, WINDOW_UPDATE, 0, 0);
        unsent.putInt(WHOLE_WINDOW - FIRST_WINDOW).flip();
    }

    private static byte[] firstHeaders() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(INDEXED | POST);
        block.write(INDEXED | PLAIN_HTTP);
        remember(block, PATH, null, GrpcLoad.PATH);
        remember(block, AUTHORITY, null, "localhost");
        remember(block, CONTENT_TYPE, null, "application/grpc");
        remember(block, 0, "te", "trailers");
        remember(block, USER_AGENT, null, "millrace-bench");
        remember(block, 0, "grpc-accept-encoding", "gzip");
        return block.toByteArray();
    }

    private static void remember(
            ByteArrayOutputStream block, int index, @Nullable String name, String value) {
        block.write(REMEMBERED | index);
        if (name != null) {
            literal(block, name);
        }
        literal(block, value);
    }

    private static void literal(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] laterHeaders() {
        int remembered = 6;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(INDEXED | POST);
        block.write(INDEXED | PLAIN_HTTP);
        for (int i = remembered - 1; i >= 0; i--) {
            block.write(INDEXED | (NEWEST + i));
        }
        return block.toByteArray();
    }

    private static byte[] well() {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        literal(header, "grpc-status");
        literal(header, "0");
        return header.toByteArray();
    }

    @Override
    void ask(int count) throws IOException {
        waiting += count;
        call();
    }

    @Override
    ByteBuffer unsent() {
        return unsent;
    }

    @Override
    void sent(int bytes) {
        // The position of the buffer says it.
    }

    /** Makes the call that waits, if the server lets it be sent whole. */
    private void call() throws IOException {
        int length = PREFIX + messageBytes;
        if (!isOpen || waiting == 0) {
            return;
        }
        if (length > streamWindow) {
            throw new IOException(
                    this + ": the server takes at most " + streamWindow + " B of a call at once");
        }
        if (length > window) {
            return;
        }
        window -= length;
        waiting--;
        unsent.compact();
        byte[] headers = calls == 0 ? FIRST_HEADERS : LATER_HEADERS;
        putFrame(headers.length, HEADERS, END_OF_HEADERS, stream(calls));
        unsent.put(headers);
        putMessage();
        unsent.flip();
        calls++;
        hasHeaders = false;
        answerBytes = 0;
    }

    private void putMessage() {
        int sent = 0;
        int length = PREFIX + messageBytes;
        while (sent < length) {
            int count = Math.min(length - sent, LONGEST_FRAME);
            int flags = sent + count == length ? END_OF_STREAM : 0;
            putFrame(count, DATA, flags, stream(calls));
            if (sent == 0) {
                unsent.put((byte) 0).putInt(messageBytes);
                sent = PREFIX;
                count -= PREFIX;
            }
            unsent.put(load().payload.at(messageAt(calls) + sent - PREFIX, count));
            sent += count;
        }
    }

    private static int stream(int call) {
        return 2 * call + 1;
    }

    private long messageAt(int call) {
        return origin + (long) call * messageBytes;
    }

    private void putFrame(int length, int type, int flags, int stream) {
        unsent.put((byte) (length >> 16)).putShort((short) length);
        unsent.put((byte) type).put((byte) flags).putInt(stream);
    }

    @Override
    int verify(ByteBuffer bytes) throws IOException {
        int answers = 0;
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), frameLength - frameBytes);
            bytes.get(frame, frameBytes, count);
            frameBytes += count;
            if (frameBytes == FRAME_HEAD && frameLength == FRAME_HEAD) {
                frameLength += content.getInt(0) >>> Byte.SIZE;
                if (frameLength > frame.length) {
                    throw wrong("a frame of " + frameLength + " B");
                }
            }
            if (frameBytes == frameLength) {
                answers += take();
                frameBytes = 0;
                frameLength = FRAME_HEAD;
            }
        }
        call();
        return answers;
    }

    /** Takes a whole frame; 1 if an answer ends with it. */
    private int take() throws IOException {
        content.limit(frameLength).position(FRAME_HEAD);
        int type = frame[3];
        int flags = frame[4];
        switch (type) {
            case DATA -> takeData(flags);
            case HEADERS -> takeHeaders(flags);
            case SETTINGS -> takeSettings(flags);
            case PING -> acknowledge(flags);
            case WINDOW_UPDATE -> {
                if (stream() == 0) {
                    window += content.getInt();
                }
            }
            case RESET, CONTINUATION -> throw wrong("a frame of type " + type);
            case GO_AWAY -> {
                if (!load().isFinishing()) {
                    throw wrong("the server goes away");
                }
            }
            default -> {
                // To be passed over, says the standard.
            }
        }
        boolean ends = (type == DATA || type == HEADERS) && (flags & END_OF_STREAM) != 0;
        if (ends && (type == DATA || answerBytes != PREFIX + messageBytes)) {
            throw wrong("an answer that ends after " + answerBytes + " B");
        }
        return ends ? 1 : 0;
    }

    private int stream() {
        return content.getInt(FRAME_HEAD - Integer.BYTES) & Integer.MAX_VALUE;
    }

    private void requireStream(int flags) throws IOException {
        if (calls == 0 || stream() != stream(calls - 1) || (flags & (PADDED | PRIORITY)) != 0) {
            throw wrong("a frame that is not of the call under way");
        }
    }

    private void takeSettings(int flags) {
        if ((flags & ACKNOWLEDGED) != 0) {
            return;
        }
        while (content.remaining() >= SETTING_BYTES) {
            int name = content.getShort();
            int value = content.getInt();
            if (name == INITIAL_WINDOW) {
                streamWindow = value;
            }
        }
        isOpen = true;
        unsent.compact();
        putFrame(0, SETTINGS, ACKNOWLEDGED, 0);
        unsent.flip();
    }

    private void acknowledge(int flags) {
        if ((flags & ACKNOWLEDGED) == 0) {
            unsent.compact();
            putFrame(content.remaining(), PING, ACKNOWLEDGED, 0);
            unsent.put(content).flip();
        }
    }

    private void takeHeaders(int flags) throws IOException {
        requireStream(flags);
        if ((flags & END_OF_HEADERS) == 0) {
            throw wrong("headers in several frames");
        }
        boolean areLast = (flags & END_OF_STREAM) != 0;
        boolean isWell = hasHeaders ? areLast && contains(WELL) : !areLast && beginsWell();
        if (!isWell) {
            throw wrong("a call that failed");
        }
        hasHeaders = true;
    }

    private boolean beginsWell() {
        while (content.hasRemaining()) {
            int first = content.get() & 0xff;
            if ((first & NEW_TABLE_SIZE_MASK) != NEW_TABLE_SIZE) {
                return first == (INDEXED | STATUS_200);
            }
        }
        return false;
    }

    private boolean contains(byte[] text) {
        for (int at = content.position(); at + text.length <= content.limit(); at++) {
            int i = 0;
            while (i < text.length && content.get(at + i) == text[i]) {
                i++;
            }
            if (i == text.length) {
                return true;
            }
        }
        return false;
    }

    private void takeData(int flags) throws IOException {
        requireStream(flags);
        int count = content.remaining();
        refill(count);
        while (answerBytes < PREFIX && content.hasRemaining()) {
            int expected =
                    answerBytes == 0
                            ? 0
                            : messageBytes >>> ((PREFIX - 1 - answerBytes) * Byte.SIZE);
            if (content.get() != (byte) expected) {
                throw wrong("an answer of another length");
            }
            answerBytes++;
        }
        int rest = content.remaining();
        if (answerBytes + rest > PREFIX + messageBytes) {
            throw wrong("the server sent more bytes than it was sent");
        }
        if (!load().payload.matches(content, messageAt(calls - 1) + answerBytes - PREFIX)) {
            throw wrong("wrong bytes among the " + count + " after " + answerBytes);
        }
        answerBytes += rest;
    }

    private void refill(int count) {
        received += count;
        if (received >= REFILL) {
            unsent.compact();
            putFrame(Integer.BYTES, WINDOW_UPDATE, 0, 0);
            unsent.putInt((int) received).flip();
            received = 0;
        }
    }

    private IOException wrong(String what) {
        String text = new String(frame, 0, frameBytes, StandardCharsets.US_ASCII);
        return new IOException(this + ": " + what + ": " + text.replaceAll("[^ -~]+", " ").strip());
    }
}
