// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.Chunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A chunk as the driver sees it: memory with an address, a count of owners, and a way home. The
 * memory is direct; only that of a {@linkplain io.millrace.spi.layer layer} may be on the heap.
 *
 * <p>Loop-confined, so the count is a plain field. The driver owns the chunk while it receives into
 * it and until {@link StreamSink#onReceive} returns; everybody who keeps it adds an owner. When the
 * last one lets go, {@link #recycle()} returns it to where it came from.
 */
public abstract non-sealed class PoolChunk extends Chunk {
    private static final int ADDRESS_MASK = (1 << 30) - 1;

    /** Where {@link #memory} begins; 0 where the engine makes no native calls. */
    private final long address;

    /** The one link: to the next chunk of the pool, or of the parking queue the chunk waits in. */
    public @Nullable PoolChunk next;

    private int owners;

    /** What the client of the driver has made of the chunk's memory, once for all loans. */
    private @Nullable Object attachment;

    /** Of the loop that has lent it to its user; null while nobody has it whom that concerns. */
    private @Nullable Thread thread;

    protected PoolChunk(ByteBuffer memory, long address) {
        super(memory);
        this.address = address;
    }

    /** Begins a loan: one owner, no bytes. */
    public final void lend() {
        assert owners == 0 : "lent twice";
        owners = 1;
        start = 0;
        end = 0;
        memory.clear();
    }

    /** Sets the readable part after the engine has put bytes there. */
    public final void filled(int from, int to) {
        assert owners > 0 && 0 <= from && from <= to && to <= memory.capacity();
        start = from;
        end = to;
    }

    public final int capacity() {
        return memory.capacity();
    }

    public final long address() {
        return address;
    }

    /** Index of the first unread byte in {@link #memory()}. */
    public final int start() {
        return start;
    }

    /** Index after the last unread byte in {@link #memory()}. */
    public final int end() {
        return end;
    }

    /** The whole block, for engines and gathers; they set position and limit before every use. */
    public final ByteBuffer memory() {
        return memory;
    }

    /** The loop of this thread is about to lend it to its user. */
    public final void lentOn(Thread loopThread) {
        thread = loopThread;
    }

    /** Whether another thread's loop has lent it, which alone counts its owners. */
    public final boolean isOfAnotherThread() {
        return thread != null && thread != Thread.currentThread();
    }

    /**
     * Whether the bytes of a direct buffer are this chunk's memory, as those of its own buffer and
     * of all views of that are. Any other is rarely taken for one: of its address only the last 30
     * bits are compared. Memory on the heap is nobody's direct buffer.
     */
    public final boolean isSharedBy(ByteBuffer buffer) {
        if (!memory.isDirect()) {
            return false;
        }
        int distance = lastBits(buffer) - lastBits(memory);
        return (distance & ADDRESS_MASK) < memory.capacity();
    }

    private static int lastBits(ByteBuffer buffer) {
        return buffer.alignmentOffset(0, ADDRESS_MASK + 1);
    }

    private void ensureHere(String method) {
        if (isOfAnotherThread() && java.util.Objects.requireNonNull(thread).isAlive()) {
            throw new IllegalStateException(
                    method
                            + ": the chunk belongs to the loop on thread "
                            + thread.getName()
                            + ", and this is "
                            + Thread.currentThread().getName()
                            + "; use loop.execute(() -> ...) to do it there, or copy the bytes");
        }
    }

    /** Adds an owner. */
    public final void retain() {
        assert owners > 0 : "retained after release";
        owners++;
    }

    /**
     * What was attached last, or null. It stays with the chunk, from loan to loan, and is for the
     * one client of the chunk's driver, such as a view of the memory in a form of its own.
     */
    public final @Nullable Object attachment() {
        return attachment;
    }

    /** See {@link #attachment()}. */
    public final void attach(@Nullable Object object) {
        attachment = object;
    }

    /** For assertions and leak reports. */
    public final int owners() {
        return owners;
    }

    /** Whether whoever can do with a copy should take one. */
    public final boolean isFromScarcePool() {
        return isScarce();
    }

    @Override
    public final PoolChunk keep() {
        ensureHere("keep");
        if (owners <= 0) {
            throw new IllegalStateException("the chunk was already released");
        }
        PoolChunk copy = isScarce() ? copyElsewhere() : null;
        if (copy != null) {
            copy.thread = thread;
            return copy;
        }
        owners++;
        return this;
    }

    @Override
    public final void release() {
        ensureHere("release");
        if (owners <= 0) {
            throw new IllegalStateException("the chunk was already released");
        }
        if (--owners == 0) {
            recycle();
        }
    }

    /** Whether one more kept chunk would leave the driver too few to go on receiving. */
    protected abstract boolean isScarce();

    /** A chunk outside the pool with the same bytes and one owner, or null to share this one. */
    protected abstract @Nullable PoolChunk copyElsewhere();

    /** Takes the chunk back; nobody holds it any more. */
    protected abstract void recycle();
}
