// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all TLS streams of one loop work in, one after the other. A connection has none
 * of its own but for a record that has not come in whole. Loop thread only.
 *
 * <p>What is taken is given back by whoever took it before its call returns, so there is more than
 * one of a kind only where a stream of TLS carries another.
 */
final class LoopBuffers {
    /** What one send makes at most: 64 KiB, and what engines leave of four records of those. */
    private static final int MOST_RECORDS = 5;

    /** The plaintext of the largest record. */
    static final int RECORD_BYTES = 1 << 14;

    /** Header, body and whatever a cipher adds: more is no record of TLS 1.2 or 1.3. */
    static final int MOST_RECORD_BYTES = 5 + RECORD_BYTES + 2048;

    /** A whole record of single bytes. */
    private static final int MOST_WRITES = RECORD_BYTES;

    private static final int IN_BYTES = 1 << 17;
    static final int CHUNK_BYTES = 2 * MOST_RECORD_BYTES;

    /** More on loan than this, and whoever keeps one gets a copy of the bytes. */
    private static final int MOST_LENT = 64;

    private static final int MOST_IDLE_CHUNKS = 16;
    private static final int MOST_IDLE_RECORDS = 256;
    private static final int MOST_IDLE_BATCHES = 8;
    private static final int LEAST_BATCH = 1 << 15;

    private static final Map<EventLoop, Map<EngineMemory, LoopBuffers>> OF_LOOPS =
            new WeakHashMap<>();

    /** For what waits to be sent; used up within a call. */
    final Gather gather = new Gather(MOST_WRITES, false, MOST_RECORDS * RECORD_BYTES);

    private final boolean isDirect;
    private final ArrayDeque<ByteBuffer> inputs = new ArrayDeque<>();
    private final ArrayDeque<Out> outputs = new ArrayDeque<>();
    private final ArrayDeque<PlainChunk> chunks = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> records = new ArrayDeque<>();

    /** For several records that wait, each size twice the one before. */
    private final List<ArrayDeque<ByteBuffer>> batches =
            List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());

    private int lent;

    private LoopBuffers(boolean isDirect) {
        this.isDirect = isDirect;
    }

    /** Those of a loop, for engines that work in such memory. Loop thread. */
    static LoopBuffers of(EventLoop loop, EngineMemory memory) {
        synchronized (OF_LOOPS) {
            return OF_LOOPS.computeIfAbsent(loop, absent -> new EnumMap<>(EngineMemory.class))
                    .computeIfAbsent(
                            memory, absent -> new LoopBuffers(absent == EngineMemory.DIRECT));
        }
    }

    private ByteBuffer allocate(int bytes) {
        return isDirect ? DirectMemory.allocate(bytes) : ByteBuffer.allocate(bytes);
    }

    /** Whether engines may work in this, and need no copy. */
    boolean takes(ByteBuffer memory) {
        return memory.isDirect() == isDirect;
    }

    /** Room for records that have come, empty. */
    ByteBuffer takeInput() {
        ByteBuffer input = inputs.poll();
        return input == null ? allocate(IN_BYTES) : input.clear();
    }

    void giveBackInput(ByteBuffer input) {
        inputs.push(input);
    }

    Out takeOutput() {
        Out output = outputs.poll();
        if (output == null) {
            return new Out();
        }
        output.plain.clear();
        output.records.clear();
        output.taken = 0;
        return output;
    }

    void giveBack(Out output) {
        outputs.push(output);
    }

    /** One with room for a record at least, lent, and empty. */
    PlainChunk takeChunk() {
        PlainChunk chunk = chunks.poll();
        if (chunk == null) {
            chunk = new PlainChunk(allocate(CHUNK_BYTES), this);
        }
        chunk.lend();
        lent++;
        return chunk;
    }

    boolean chunksAreScarce() {
        return lent > MOST_LENT;
    }

    void giveBack(PlainChunk chunk) {
        lent--;
        if (chunks.size() < MOST_IDLE_CHUNKS) {
            chunks.push(chunk);
        }
    }

    /** Room for what has come of a record, or for more if that is asked for. */
    ByteBuffer takeRecord(int bytes) {
        if (bytes > MOST_RECORD_BYTES) {
            return takeBatch(bytes);
        }
        ByteBuffer record = records.poll();
        return record == null ? ByteBuffer.allocate(MOST_RECORD_BYTES) : record.clear();
    }

    /** The rest of an input, to wait for more. */
    ByteBuffer copied(ByteBuffer input) {
        return takeRecord(input.remaining()).put(input).flip();
    }

    /** What waits, which is given back, and a whole chunk behind it. */
    ByteBuffer appended(@Nullable ByteBuffer waiting, Chunk chunk) {
        int before = waiting == null ? 0 : waiting.remaining();
        ByteBuffer room = takeRecord(before + chunk.length());
        if (waiting != null) {
            room.put(waiting);
            giveBackRecord(waiting);
        }
        chunk.copyTo(room);
        return room.flip();
    }

    private ByteBuffer takeBatch(int bytes) {
        int size = LEAST_BATCH;
        for (int i = 0; i < batches.size(); i++) {
            if (bytes <= size) {
                ByteBuffer batch = batches.get(i).poll();
                return batch == null ? ByteBuffer.allocate(size) : batch.clear();
            }
            size <<= 1;
        }
        return ByteBuffer.allocate(bytes);
    }

    void giveBackRecord(@Nullable ByteBuffer record) {
        if (record == null) {
            return;
        }
        int size = record.capacity();
        if (size == MOST_RECORD_BYTES) {
            keepIdle(records, record, MOST_IDLE_RECORDS);
            return;
        }
        for (int i = 0; i < batches.size(); i++) {
            if (size == LEAST_BATCH << i) {
                keepIdle(batches.get(i), record, MOST_IDLE_BATCHES);
            }
        }
    }

    private static void keepIdle(ArrayDeque<ByteBuffer> idle, ByteBuffer buffer, int most) {
        if (idle.size() < most) {
            idle.push(buffer);
        }
    }

    /** What one send is made in: the plaintext of a record, and the records made of it. */
    final class Out {
        final ByteBuffer plain = allocate(RECORD_BYTES);

        /** An engine has to see room for a whole record to make any. */
        final ByteBuffer records = allocate(MOST_RECORDS * MOST_RECORD_BYTES);

        /** How much plaintext is in the records. */
        int taken;

        /**
         * What the kernel is given at once: the records themselves if they are off the heap.
         * Otherwise free until the records are ready, and then what is read from a file lands here.
         */
        private final ByteBuffer direct =
                isDirect ? records : DirectMemory.allocate(records.capacity());

        /** Made when a queue is to copy what is on its way; such a queue is not for every send. */
        private byte @Nullable [] copy;

        /**
         * Adds to the plaintext what a file has, as far as its limit lets. The system reads into
         * memory off the heap, so for a buffer on it a file would have to find some at each read.
         *
         * @return bytes, 0 or -1 at or behind the end
         */
        int read(OpenFile file, long position) throws IOException {
            if (isDirect) {
                return file.read(plain, position);
            }
            int count = file.read(direct.clear().limit(plain.remaining()), position);
            plain.put(direct.flip());
            return count;
        }

        /** What {@link #ready} has answered, at the same places of an array. */
        byte[] array() {
            byte[] array = copy;
            if (array == null) {
                array = new byte[records.capacity()];
                copy = array;
            }
            int at = direct.position();
            direct.get(at, array, at, direct.remaining());
            return array;
        }

        /** All records as direct memory, from its position to its limit. Ends the making. */
        ByteBuffer ready() {
            records.flip();
            if (!isDirect) {
                direct.clear().put(records).flip();
            }
            return direct;
        }
    }
}
