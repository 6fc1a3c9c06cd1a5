// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.PoolChunk;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;

/**
 * A received chunk as a {@link ByteBuf}, without a copy: releasing it, on whatever thread, returns
 * the chunk to the loop that received it. Like a pooled buffer of Netty's it is one and the same
 * object from loan to loan.
 */
final class LoanBuf extends UnpooledDirectByteBuf {
    private final MillraceIoHandler home;
    private final PoolChunk chunk;
    private ByteBufAllocator allocator;

    /** Whether somebody has changed the capacity, so that the bytes are in other memory now. */
    private boolean moved;

    private LoanBuf(MillraceIoHandler home, PoolChunk chunk, ByteBufAllocator allocator) {
        super(allocator, chunk.memory().duplicate().clear(), Integer.MAX_VALUE);
        this.home = home;
        this.chunk = chunk;
        this.allocator = allocator;
    }

    /**
     * The bytes of a chunk that a driver has just received: on loan, or a copy while its chunks are
     * scarce. Watched for leaks as Netty's own buffers are.
     */
    static ByteBuf of(MillraceIoHandler home, PoolChunk chunk, ByteBufAllocator allocator) {
        if (chunk.isFromScarcePool()) {
            return copyOf(chunk, allocator);
        }
        LoanBuf known = (LoanBuf) chunk.attachment();
        LoanBuf buf = known;
        if (buf == null) {
            buf = new LoanBuf(home, chunk, allocator);
            chunk.attach(buf);
        } else {
            buf.resetRefCnt();
        }
        chunk.retain();
        buf.lend(allocator);
        return Watched.of(buf);
    }

    private static ByteBuf copyOf(PoolChunk chunk, ByteBufAllocator allocator) {
        int length = chunk.end() - chunk.start();
        ByteBuffer bytes = chunk.memory().duplicate();
        bytes.limit(chunk.end()).position(chunk.start());
        ByteBuf copy = allocator.ioBuffer(length);
        try {
            return copy.writeBytes(bytes);
        } catch (RuntimeException | Error failure) {
            copy.release();
            throw failure;
        }
    }

    private void lend(ByteBufAllocator of) {
        allocator = of;
        setIndex(0, 0);
        markReaderIndex();
        markWriterIndex();
        setIndex(chunk.start(), chunk.end());
    }

    @Override
    public ByteBufAllocator alloc() {
        return allocator;
    }

    @Override
    public boolean hasMemoryAddress() {
        return !moved && chunk.address() != 0;
    }

    @Override
    public long memoryAddress() {
        if (!hasMemoryAddress()) {
            throw new UnsupportedOperationException("the address is not known");
        }
        return chunk.address();
    }

    /** A chunk cannot grow or shrink, so the bytes go elsewhere, and this object with them. */
    @Override
    public ByteBuf capacity(int newCapacity) {
        if (newCapacity != capacity() && !moved) {
            super.capacity(newCapacity);
            moved = true;
            chunk.attach(null);
            return this;
        }
        return super.capacity(newCapacity);
    }

    @Override
    protected void deallocate() {
        if (moved) {
            super.deallocate();
        }
        home.giveBack(chunk);
    }

    /** The door to Netty's detector of leaks, which is open to allocators only. */
    private abstract static class Watched extends AbstractByteBufAllocator {
        static ByteBuf of(ByteBuf buf) {
            return toLeakAwareBuffer(buf);
        }
    }
}
