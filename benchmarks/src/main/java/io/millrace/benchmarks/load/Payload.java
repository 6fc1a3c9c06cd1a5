// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The bytes of which every stream is a part: random, always the same, repeated for ever.
 *
 * <p>They repeat after a prime number of bytes, so that a stream that lost, doubled or swapped
 * whole messages does not look right by chance. Each instance has a view of its own and is confined
 * to one thread; the bytes themselves are shared.
 */
public final class Payload {
    /** The longest run of bytes that can be looked at at once. */
    public static final int LONGEST = 1 << 20;

    /** The largest prime below 1 Mi. */
    private static final int PERIOD = 1_048_573;

    private static final ByteBuffer BYTES = generate();

    private final ByteBuffer view = BYTES.duplicate();

    /** A read-only buffer over all of it, for a writer that sends {@link #window windows} of it. */
    public static ByteBuffer newView() {
        return BYTES.duplicate();
    }

    /** Lets a view from {@link #newView} show {@code length} bytes from {@code position} on. */
    public static ByteBuffer window(ByteBuffer view, long position, int length) {
        int start = (int) (position % PERIOD);
        return view.limit(start + length).position(start);
    }

    /** The bytes of a stream at {@code position}; valid until the next call. */
    ByteBuffer at(long position, int length) {
        return window(view, position, length);
    }

    /** Whether the remaining bytes of {@code received} are those at {@code position}. */
    public boolean matches(ByteBuffer received, long position) {
        return received.mismatch(at(position, received.remaining())) < 0;
    }

    private static ByteBuffer generate() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(PERIOD + LONGEST);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < PERIOD; i++) {
            bytes.put(i, (byte) random.nextInt());
        }
        for (int i = PERIOD; i < bytes.capacity(); i++) {
            bytes.put(i, bytes.get(i - PERIOD));
        }
        return bytes.asReadOnlyBuffer();
    }
}
