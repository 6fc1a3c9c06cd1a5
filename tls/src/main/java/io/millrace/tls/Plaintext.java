// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamSink;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Plaintext on its way to the user: what is being decrypted into, what nobody wants yet, and how
 * the user has asked for it, be it on loan or into memory. Loop thread only.
 */
final class Plaintext {
    private final LoopBuffers buffers;
    private final StreamSink sink;

    /** What is being decrypted into, and how far it is filled. */
    private @Nullable PlainChunk current;

    private int filled;

    /** What nobody wants yet. */
    private @Nullable PlainChunk held;

    /** Where the user wants the next bytes; null if not asked for. */
    private @Nullable ByteBuffer target;

    /** Whether the user takes chunks, and whether that is to end. */
    private boolean armed;

    private boolean stopping;
    private boolean closed;

    Plaintext(LoopBuffers buffers, StreamSink sink) {
        this.buffers = buffers;
        this.sink = sink;
    }

    /** Whether a user waits for bytes, or there are none yet that one could come to wait for. */
    boolean isWanted() {
        return held == null || isAsked();
    }

    private boolean isAsked() {
        return (armed && !stopping) || target != null;
    }

    boolean isHeld() {
        return held != null;
    }

    void start() {
        armed = true;
    }

    /** To be said later, by {@link #sayStopped}. */
    void stop() {
        stopping = true;
    }

    void sayStopped() {
        if (stopping) {
            stopping = false;
            armed = false;
            sink.onReceiveStopped(Code.CANCELLED);
        }
    }

    void into(ByteBuffer memory) {
        target = memory;
    }

    /** Whether what is there leaves no room for the plaintext of a record of this length. */
    boolean isFull(int recordBytes) {
        return filled > 0 && recordBytes > LoopBuffers.CHUNK_BYTES - filled;
    }

    /** Where the engine is to put the next bytes. */
    ByteBuffer room() {
        PlainChunk chunk = current;
        if (chunk == null) {
            chunk = buffers.takeChunk();
            current = chunk;
            filled = 0;
        }
        return chunk.memory().clear().position(filled);
    }

    /** The engine has put so many. */
    void added(int bytes) {
        filled += bytes;
    }

    boolean isEmpty() {
        return filled == 0;
    }

    /** What was decrypted is a chunk from now on, and handed on if it is wanted. */
    void flush() {
        PlainChunk chunk = current;
        if (chunk == null) {
            return;
        }
        current = null;
        if (filled == 0 || closed) {
            chunk.release();
            return;
        }
        chunk.filled(0, filled);
        held = chunk;
        deliver();
    }

    /** Hands on what is held as long as somebody wants it. */
    void deliver() {
        while (held != null && isAsked() && !closed) {
            PlainChunk chunk = held;
            held = null;
            if (target != null) {
                fill(target, chunk);
            } else {
                sink.onReceive(chunk);
                chunk.release();
            }
        }
    }

    private void fill(ByteBuffer into, PoolChunk chunk) {
        target = null;
        int bytes = Math.min(into.remaining(), chunk.length());
        into.put(into.position(), chunk.memory(), chunk.start(), bytes);
        chunk.skip(bytes);
        if (chunk.length() > 0) {
            held = (PlainChunk) chunk;
        } else {
            chunk.release();
        }
        sink.onReceivedInto(bytes);
    }

    /** Nothing more comes, which whoever has asked is told; a code. */
    void end(int code) {
        if (armed) {
            armed = false;
            stopping = false;
            sink.onReceiveStopped(code);
        } else if (target != null) {
            target = null;
            sink.onReceivedInto(code);
        }
    }

    /** Nothing is handed on any more. */
    void close() {
        closed = true;
    }

    /** The port is closed: what was asked for ends. */
    void cancel() {
        if (held != null) {
            held.release();
            held = null;
        }
        end(Code.CANCELLED);
        if (target != null) {
            end(Code.CANCELLED);
        }
    }
}
