// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.Code;
import io.millrace.spi.FileCalls;
import io.millrace.spi.OpenFile;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads of an open file by any thread, beside its loop, as far as the system need not wait for
 * them. The file does not close while a thread is in one: its descriptor may be another's by then.
 */
public final class ReadsAtHand {
    private final FileCalls calls;
    private final OpenFile file;

    private final ThreadsInside inside;

    /** Of a file whose loop was let go of: that loop, and the thread that was in it last. */
    private final AtomicInteger awaited = new AtomicInteger(2);

    private @Nullable Runnable close;

    /** The system has said that it cannot read this file in this way. */
    private volatile boolean isRefused;

    /**
     * @param whenLeft run once by the last thread to be in it after {@link #shut}
     */
    ReadsAtHand(FileCalls calls, OpenFile file, Runnable whenLeft) {
        this.calls = calls;
        this.file = file;
        inside = new ThreadsInside(whenLeft);
    }

    /**
     * Fills a direct buffer as far as that goes at once, and moves its position.
     *
     * @return bytes, more than 0; or {@link Code#WOULD_BLOCK}, also at the end of the file: Linux
     *     5.9 and 5.10 say so of what is only not at hand (readv(2), BUGS)
     */
    public int read(ByteBuffer into, long position) {
        int place = isRefused ? -1 : inside.enter();
        if (place < 0) {
            return Code.WOULD_BLOCK;
        }
        long result;
        try {
            result = calls.readAtHand(file, into, into.position(), into.limit(), position);
        } finally {
            inside.leave(place);
        }
        if (result > 0) {
            into.position(into.position() + (int) result);
            return (int) result;
        }
        isRefused |=
                result == Code.NOT_SUPPORTED
                        || result == Code.NOT_IMPLEMENTED
                        || result == Code.INVALID_ARGUMENT;
        return Code.WOULD_BLOCK;
    }

    /**
     * Lets no thread in any more, and does not wait for those inside: the file is in memory, but
     * what they read into need not be, such as a buffer that maps another file, and then they wait
     * for a disk. Once; takes no memory.
     */
    void shut() {
        inside.shut();
    }

    /** Whether no thread is inside, nor comes in any more. */
    boolean isLeft() {
        return inside.areLeft();
    }

    /** The loop was let go of while threads were inside: the last of them closes the file. */
    void closeWhenLeft(Runnable closer) {
        close = closer;
        arrive();
    }

    /** The last of the threads has left, and the loop does not hear of it. */
    void leftAbandoned() {
        arrive();
    }

    private void arrive() {
        if (awaited.decrementAndGet() == 0) {
            Objects.requireNonNull(close).run();
        }
    }
}
