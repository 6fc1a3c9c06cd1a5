// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;

/**
 * The five bytes before each record (RFC 8446, 5.1): type, version, and length of what follows.
 * Looked at before an engine is, which says of bytes that are no TLS only that it failed. Nothing
 * here moves the position of a buffer.
 */
final class RecordHeader {
    private static final int BYTES = 5;
    private static final int MOST_BODY = LoopBuffers.MOST_RECORD_BYTES - BYTES;
    private static final int MAJOR_VERSION = 3;

    private static final byte FIRST_TYPE = 20;
    private static final byte ALERT = 21;
    private static final byte HANDSHAKE = 22;
    private static final byte LAST_TYPE = 23;

    private RecordHeader() {}

    /** The next record's length, or more than there is; what is none is refused. */
    static int lengthOf(ByteBuffer input) throws SSLException {
        if (input.remaining() < BYTES) {
            if (input.hasRemaining()) {
                checkType(input.get(input.position()));
            }
            return Integer.MAX_VALUE;
        }
        int at = input.position();
        checkType(input.get(at));
        int body = (input.get(at + 3) & 0xff) << 8 | (input.get(at + 4) & 0xff);
        if (input.get(at + 1) != MAJOR_VERSION || body > MOST_BODY) {
            throw notTls();
        }
        return BYTES + body;
    }

    /** Whether a record has come whole, or can be taken as far as to be refused. */
    static boolean isWhole(ByteBuffer input) {
        try {
            return lengthOf(input) <= input.remaining();
        } catch (SSLException refused) {
            // Whoever takes it from there is told why.
            return true;
        }
    }

    /** Whether the next record, of which there is a byte, is an alert in the open. */
    static boolean isAlert(ByteBuffer input) {
        return input.get(input.position()) == ALERT;
    }

    /**
     * Whether the next record, of which there is a byte, is of a handshake; in TLS 1.3 none looks
     * like it once there are keys.
     */
    static boolean isHandshake(ByteBuffer input) {
        return input.get(input.position()) == HANDSHAKE;
    }

    private static void checkType(byte type) throws SSLException {
        if (type < FIRST_TYPE || type > LAST_TYPE) {
            throw notTls();
        }
    }

    private static SSLException notTls() {
        return new Refusal("what the peer sends is no TLS");
    }
}
