// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamSink;
import org.jspecify.annotations.Nullable;

/**
 * Lets several ready streams receive in a row, and then delivers in the same row.
 *
 * <p>A receive and the send that answers it run through different parts of the kernel; taking turns
 * they presumably drive each other out of the instruction cache, and in a row they cost less. And
 * what the streams need can be read ahead, while misses of several can still overlap, and is used
 * before the kernel drives it out again.
 *
 * <p>What is delivered, and in which order, is the same as one by one: a stream that has other
 * things to do than to receive waits for those before it, and those behind it wait for it. But the
 * callback of one may stop or close another whose bytes are here already. Then they come a little
 * after the stop, as a sink has to expect of any engine, or are dropped.
 */
final class ReceiveBatch {
    /**
     * Nearly all there is to gain; see {@code docs/decisions.md}. More would also hold up the first
     * for longer.
     */
    static final int STREAMS = 8;

    /** So many bytes are still in the first-level cache when they are delivered. */
    static final int BYTES = 16 << 10;

    private final ChunkPool chunks;
    private final ReceiveRow row;
    private final @Nullable ReactorStream[] streams = new ReactorStream[STREAMS];
    private final @Nullable PoolChunk[] received = new PoolChunk[STREAMS];
    private int count;

    /** The sum of what was read ahead; of no meaning. */
    int prefetched;

    ReceiveBatch(ChunkPool chunks, ReceiveRow row) {
        this.chunks = chunks;
        this.row = row;
    }

    /** Takes a stream, unless it is closed, and runs the batch if that fills it. */
    void add(ReactorStream stream) {
        if (stream.closed) {
            return;
        }
        streams[count++] = stream;
        if (count == STREAMS) {
            run();
        }
    }

    void run() {
        int end = count;
        count = 0;
        if (end == 1) {
            // Nobody to go in a row with: it does all of its own at once.
            runAlone(0);
            return;
        }
        prefetch(end);
        int next = 0;
        while (next < end) {
            int behind = fillRow(next, end);
            if (behind == next) {
                runAlone(next++);
            } else {
                next = runRow(next, behind);
            }
        }
    }

    /** Whatever fails is the end of that stream's operations, and no matter of the others. */
    private void broke(int index, Throwable failure) {
        ReactorStream stream = streams[index];
        PoolChunk chunk = received[index];
        streams[index] = null;
        received[index] = null;
        if (chunk != null) {
            chunk.release();
        }
        if (stream != null) {
            stream.driver.broke(stream, failure);
        }
    }

    /**
     * In a loop of its own with nothing in between, so that the processor can run ahead into the
     * next streams while it waits for what it misses; see {@link StreamSink#prefetch}.
     */
    private void prefetch(int end) {
        int sum = 0;
        int next = 0;
        while (next < end) {
            try {
                while (next < end) {
                    sum += streams[next].prefetch();
                    next++;
                }
            } catch (RuntimeException | Error failure) {
                broke(next++, failure);
            }
        }
        prefetched += sum;
    }

    /**
     * Up to the first stream for which a receive is not what comes first, or would make chunks
     * scarce for the rest, or that is broken.
     */
    private int fillRow(int from, int end) {
        int next = from;
        try {
            while (next < end && fill(next)) {
                next++;
            }
        } catch (RuntimeException | Error failure) {
            broke(next, failure);
        }
        return next;
    }

    private boolean fill(int index) {
        ReactorStream stream = streams[index];
        if (stream == null || !stream.startsWithChunk() || !chunks.hasPlenty()) {
            return false;
        }
        PoolChunk chunk = chunks.acquire();
        if (chunk == null) {
            return false;
        }
        received[index] = chunk;
        stream.addTo(row, chunk);
        return true;
    }

    /** Receives, and delivers what was received; answers where that ended. */
    private int runRow(int from, int end) {
        int behind;
        try {
            behind = from + row.run(BYTES);
        } catch (RuntimeException | Error failure) {
            for (int i = from; i < end; i++) {
                broke(i, failure);
            }
            return end;
        }
        // Before those that were filled, so that the next receive takes one that the cache knows.
        for (int i = behind; i < end; i++) {
            received[i].release();
            received[i] = null;
        }
        for (int i = from; i < behind; i++) {
            int result;
            try {
                result = row.result(i - from);
            } catch (RuntimeException | Error failure) {
                broke(i, failure);
                continue;
            }
            ReactorStream stream = streams[i];
            PoolChunk chunk = received[i];
            streams[i] = null;
            received[i] = null;
            try {
                stream.run(chunk, result);
            } catch (RuntimeException | Error failure) {
                stream.driver.broke(stream, failure);
            }
        }
        return behind;
    }

    private void runAlone(int index) {
        ReactorStream stream = streams[index];
        streams[index] = null;
        if (stream != null && !stream.closed) {
            try {
                stream.run();
            } catch (RuntimeException | Error failure) {
                stream.driver.broke(stream, failure);
            }
        }
    }
}
