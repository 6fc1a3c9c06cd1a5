// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import com.kenai.jffi.MemoryIO;
import io.millrace.spi.DirectMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory that both Java and the kernel use: fixed address, native byte order, every access checked
 * against the bounds.
 *
 * <p>System calls get the address; Java reads and writes through a direct buffer, whose accesses
 * the JIT turns into plain moves. (jnr's own {@code Pointer} and {@code Struct} cost a JNI call per
 * field on recent JDKs.) Methods that order memory say so in their name and need offsets aligned to
 * the size of the value; all others take any offset.
 *
 * <p>Memory from {@link #allocate} lives as long as this object: keep it in a field of whatever
 * makes the calls, and keep that reachable until the kernel is done with the address.
 */
public final class NativeMemory {
    private static final int CACHE_LINE = 64;

    private static final VarHandle INT =
            MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final ByteBuffer buffer;
    private final long address;

    private NativeMemory(ByteBuffer buffer, long address) {
        this.buffer = buffer.order(ByteOrder.nativeOrder());
        this.address = address;
    }

    /** Loaded only where the virtual machine has no memory left. */
    private static final class Freeing {
        static final Cleaner CLEANER = Cleaner.create();
    }

    /**
     * Zeroed memory of our own, aligned to a cache line.
     *
     * <p>It is direct memory, and counts as such. But what is allocated here are records for system
     * calls, small and bounded, without which a loop cannot go on. So where the limit on direct
     * memory leaves no room, it is taken from the C library, which does not count.
     *
     * @throws OutOfMemoryError if the system has none either
     */
    public static NativeMemory allocate(int size) {
        ByteBuffer direct = DirectMemory.tryAllocate(size + CACHE_LINE - 1);
        ByteBuffer whole = direct == null ? uncounted(size + CACHE_LINE - 1) : direct;
        int skipped = whole.alignmentOffset(0, CACHE_LINE);
        int start = skipped == 0 ? 0 : CACHE_LINE - skipped;
        ByteBuffer aligned = whole.slice(start, size);
        return new NativeMemory(aligned, Libc.addressOf(whole) + start);
    }

    private static ByteBuffer uncounted(int bytes) {
        MemoryIO memory = MemoryIO.getInstance();
        long address = memory.allocateMemory(bytes, true);
        if (address == 0) {
            throw new OutOfMemoryError(
                    "neither the limit on direct memory nor the system has room");
        }
        ByteBuffer buffer = Libc.bufferAt(address, bytes);
        Freeing.CLEANER.register(buffer, () -> memory.freeMemory(address));
        return buffer;
    }

    /** Memory that somebody else allocated (mmap) and frees; it must outlive this object. */
    public static NativeMemory at(long address, int size) {
        return new NativeMemory(Libc.bufferAt(address, size), address);
    }

    /** Memory of a direct buffer, which must outlive this object, and whose address is known. */
    public static NativeMemory over(ByteBuffer direct, long address) {
        return new NativeMemory(direct.duplicate().clear(), address);
    }

    public long address() {
        return address;
    }

    public long address(int offset) {
        return address + offset;
    }

    /**
     * Answers {@code result}, and keeps this memory from being freed until there is one: write
     * {@code memory.keptFor(calls.read(fd, memory.address(), length))}.
     *
     * <p>An address is a number, and no reference. Where the object that holds the memory is used
     * for the last time, the virtual machine may collect both while the kernel still reads.
     */
    public int keptFor(int result) {
        try {
            return result;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** As {@link #keptFor(int)}. */
    public long keptFor(long result) {
        try {
            return result;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    public int size() {
        return buffer.capacity();
    }

    public byte getByte(int offset) {
        return buffer.get(offset);
    }

    public void putByte(int offset, byte value) {
        buffer.put(offset, value);
    }

    public short getShort(int offset) {
        return buffer.getShort(offset);
    }

    public void putShort(int offset, short value) {
        buffer.putShort(offset, value);
    }

    public int getInt(int offset) {
        return buffer.getInt(offset);
    }

    public void putInt(int offset, int value) {
        buffer.putInt(offset, value);
    }

    public long getLong(int offset) {
        return buffer.getLong(offset);
    }

    public void putLong(int offset, long value) {
        buffer.putLong(offset, value);
    }

    public void getBytes(int offset, byte[] into) {
        buffer.get(offset, into);
    }

    public void putBytes(int offset, byte[] from) {
        buffer.put(offset, from);
    }

    public void zero(int offset, int length) {
        int end = offset + length;
        int position = offset;
        for (; position + Long.BYTES <= end; position += Long.BYTES) {
            buffer.putLong(position, 0);
        }
        for (; position < end; position++) {
            buffer.put(position, (byte) 0);
        }
    }

    /** A buffer's 16-bit values have no ordered access of their own, so a fence orders this one. */
    public short getShortAcquire(int offset) {
        short value = buffer.getShort(offset);
        VarHandle.acquireFence();
        return value;
    }

    /** As with {@link #getShortAcquire}. */
    public void putShortRelease(int offset, short value) {
        VarHandle.releaseFence();
        buffer.putShort(offset, value);
    }

    public int getIntOpaque(int offset) {
        return (int) INT.getOpaque(buffer, offset);
    }

    public int getIntAcquire(int offset) {
        return (int) INT.getAcquire(buffer, offset);
    }

    public void putIntRelease(int offset, int value) {
        INT.setRelease(buffer, offset, value);
    }
}
