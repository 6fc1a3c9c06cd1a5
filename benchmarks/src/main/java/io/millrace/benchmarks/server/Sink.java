// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import io.millrace.benchmarks.load.Payload;
import java.nio.ByteBuffer;

/**
 * What the {@link Service#SINK} service keeps for a connection, the same for all kinds of server:
 * the number of bytes read before the first wrong one. One thread at a time.
 */
public final class Sink {
    private final Payload payload = new Payload();
    private long right;
    private boolean wrong;

    /** Takes the remaining bytes of {@code received}; its position may change. */
    public void accept(ByteBuffer received) {
        int length = received.remaining();
        if (!wrong && payload.matches(received, right)) {
            right += length;
        } else {
            wrong = true;
        }
    }

    /** The eight bytes that tell the client. */
    public ByteBuffer verdict() {
        return ByteBuffer.allocateDirect(Long.BYTES).putLong(0, right);
    }
}
