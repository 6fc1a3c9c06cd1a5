// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.file;

import io.millrace.benchmarks.load.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Reads or writes blocks in random order, a number of them under way at a time, and the next when
 * one has ended. Confined to the thread that opened it.
 *
 * <p>A block holds the bytes that the {@link Payload} has at its position. Every block read is
 * compared with them; those written are remembered, so that the file can be compared afterwards.
 */
public abstract class FileLoad implements AutoCloseable {
    public static final int BLOCK_BYTES = 4096;

    /** 32 MiB: the file stays in the page cache, so that a disk's speed is not what is measured. */
    public static final int BLOCKS = 8192;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Payload payload = new Payload();
    private final ByteBuffer source = Payload.newView();
    private final ByteBuffer[] buffers;
    private final long[] positions;
    private final BitSet written = new BitSet(BLOCKS);
    private boolean writing;
    private int toStart;
    private int underWay;
    private @Nullable IOException failure;

    FileLoad(int inFlight) {
        buffers = new ByteBuffer[inFlight];
        positions = new long[inFlight];
        for (int i = 0; i < inFlight; i++) {
            buffers[i] = ByteBuffer.allocateDirect(BLOCK_BYTES);
        }
    }

    /** Returns when so many blocks were read, all of them whole and right. */
    public final void read(int blocks) throws IOException {
        run(blocks, false);
    }

    /** Returns when so many blocks were written whole. */
    public final void write(int blocks) throws IOException {
        run(blocks, true);
    }

    /** The numbers of the blocks that were written. */
    public final BitSet written() {
        return written;
    }

    private void run(int blocks, boolean asWrites) throws IOException {
        writing = asWrites;
        toStart = blocks;
        for (int i = 0; i < buffers.length; i++) {
            startNext(i);
        }
        while (underWay > 0) {
            awaitEnds();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void startNext(int place) {
        if (toStart == 0 || failure != null) {
            return;
        }
        toStart--;
        underWay++;
        int block = random.nextInt(BLOCKS);
        long position = (long) block * BLOCK_BYTES;
        positions[place] = position;
        ByteBuffer buffer = buffers[place].clear();
        if (writing) {
            buffer.put(Payload.window(source, position, BLOCK_BYTES)).flip();
            written.set(block);
            startWrite(place, buffer, position);
        } else {
            startRead(place, buffer, position);
        }
    }

    /** To be called when a block that was started has ended with all its bytes, or has not. */
    final void ended(int place, @Nullable IOException problem) {
        underWay--;
        ByteBuffer buffer = buffers[place];
        if (problem != null) {
            failure = problem;
        } else if (buffer.position() != BLOCK_BYTES) {
            failure = new IOException("only " + buffer.position() + " B of a block");
        } else if (!writing && !payload.matches(buffer.flip(), positions[place])) {
            failure = new IOException("a block that was read has wrong bytes");
        }
        startNext(place);
    }

    abstract void startRead(int place, ByteBuffer buffer, long position);

    abstract void startWrite(int place, ByteBuffer buffer, long position);

    /** Waits for at least one end, and reports all there are. */
    abstract void awaitEnds() throws IOException;

    @Override
    public abstract void close() throws IOException;
}
