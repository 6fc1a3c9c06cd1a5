// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where all direct memory comes from that the library takes for itself, and the one place that
 * knows how to go on when there is none. Any thread.
 *
 * <p>A process has one limit, {@code -XX:MaxDirectMemorySize}. To ask for more than is left costs
 * the asking thread half a second, and the process a collection of all its garbage, before it is
 * refused. A loop must not stand still for that again and again. So after a refusal the account of
 * the virtual machine is looked at before it is asked ({@link DirectMemoryAccount}), a thread apart
 * has garbage collected if that is what it takes, and where there is no account, no more than a
 * small part of the time is spent on asking in vain.
 *
 * <p>There are two ways to ask. {@link #allocate} is for what nothing works without, while a loop
 * or a handle is being made. {@link #tryAllocate} is for what a running loop can do without, or can
 * wait for.
 */
public final class DirectMemory {
    /** What allocates: the virtual machine, or a test that plays one with little memory. */
    public interface Source {
        /** As {@link ByteBuffer#allocateDirect}, and fails as that does. */
        ByteBuffer allocate(int bytes);
    }

    /** Asking in vain may take up one part in so many of the time. */
    private static final int PAUSES_PER_REFUSAL = 20;

    private static final long LEAST_PAUSE_NANOS = 20_000_000;

    private static volatile Source source = ByteBuffer::allocateDirect;

    /** Whether the last request was refused; only then is anything below looked at. */
    private static volatile boolean isShort;

    /** As of {@link System#nanoTime}: not to be asked again before. */
    private static volatile long askAgainAt;

    private DirectMemory() {}

    /**
     * Zeroed memory, or an error that says what to do.
     *
     * @throws OutOfMemoryError if there is none
     */
    public static ByteBuffer allocate(int bytes) {
        try {
            ByteBuffer memory = source.allocate(bytes);
            isShort = false;
            return memory;
        } catch (OutOfMemoryError refusal) {
            askAgainAt = System.nanoTime();
            isShort = true;
            OutOfMemoryError explained = new OutOfMemoryError(explain(bytes, refusal));
            explained.initCause(refusal);
            throw explained;
        }
    }

    /** What to say of a refusal, and what to do about it. */
    private static String explain(int bytes, OutOfMemoryError refusal) {
        return "no "
                + bytes
                + " bytes of direct memory are left, see -XX:MaxDirectMemorySize: "
                + refusal.getMessage();
    }

    /** Zeroed memory, or null if there is none now: then it is worth asking again, later. */
    public static @Nullable ByteBuffer tryAllocate(int bytes) {
        if (isShort && !isWorthAsking(bytes)) {
            return null;
        }
        long began = System.nanoTime();
        try {
            ByteBuffer memory = source.allocate(bytes);
            isShort = false;
            return memory;
        } catch (OutOfMemoryError refusal) {
            long ended = System.nanoTime();
            long pause = DirectMemoryAccount.isKnown() ? 0 : PAUSES_PER_REFUSAL * (ended - began);
            askAgainAt = ended + Math.max(LEAST_PAUSE_NANOS, pause);
            isShort = true;
            return null;
        }
    }

    private static boolean isWorthAsking(int bytes) {
        return DirectMemoryAccount.hasRoomFor(bytes) && System.nanoTime() - askAgainAt >= 0;
    }

    /**
     * Puts another source in place, for tests.
     *
     * @return the one before
     */
    public static Source replaceSource(Source replacement) {
        Source before = source;
        source = replacement;
        isShort = false;
        return before;
    }
}
