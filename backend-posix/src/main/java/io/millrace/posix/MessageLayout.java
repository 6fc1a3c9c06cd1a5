// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * {@code struct msghdr} and {@code struct iovec} on 64-bit systems, as sendmsg(2) takes them.
 *
 * <p>Linux counts segments and control bytes in 64 bits (bits/types/struct_msghdr); the BSDs and
 * macOS in 32 (sys/socket.h), so everything after the count lies elsewhere.
 *
 * @param wideCount whether {@code msg_iovlen} has 64 bits
 * @param headerBytes sizeof(struct msghdr)
 */
public record MessageLayout(boolean wideCount, int headerBytes) {
    static final MessageLayout LINUX = new MessageLayout(true, 56);
    static final MessageLayout BSD = new MessageLayout(false, 48);

    /** sizeof(struct iovec): an address and a length, 64 bits each. */
    public static final int SEGMENT_BYTES = 16;

    /** sizeof(struct mmsghdr) less that of a header: a length, and what fills up eight bytes. */
    public static final int RESULT_BYTES = 8;

    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;

    private static final int SEGMENTS = 16;
    private static final int SEGMENT_COUNT = 24;
    private static final int SEGMENT_LENGTH = 8;

    static MessageLayout of(OperatingSystem system) {
        return system.isBsd() ? BSD : LINUX;
    }

    /** Writes a header without name and control data; its memory must have been zeroed once. */
    public void putHeader(NativeMemory memory, int offset, long segments, int count) {
        memory.putLong(offset + SEGMENTS, segments);
        if (wideCount) {
            memory.putLong(offset + SEGMENT_COUNT, count);
        } else {
            memory.putInt(offset + SEGMENT_COUNT, count);
        }
    }

    /** Where the address is to be written or read, and how long it is, or may be. */
    public void putName(NativeMemory memory, int offset, long name, int length) {
        memory.putLong(offset + NAME, name);
        memory.putInt(offset + NAME_LENGTH, length);
    }

    /** How long the address is that the kernel has written. */
    public int nameLength(NativeMemory memory, int offset) {
        return memory.getInt(offset + NAME_LENGTH);
    }

    /** Where control data is to be written or read, and how long it is, or may be. */
    public void putControl(NativeMemory memory, int offset, long control, int length) {
        memory.putLong(offset + CONTROL, control);
        if (wideCount) {
            memory.putLong(offset + CONTROL_LENGTH, length);
        } else {
            memory.putInt(offset + CONTROL_LENGTH, length);
        }
    }

    /** How long the control data is that the kernel has written. */
    public int controlLength(NativeMemory memory, int offset) {
        return memory.getInt(offset + CONTROL_LENGTH);
    }

    /** The flags that the kernel has written. */
    public int flags(NativeMemory memory, int offset) {
        return memory.getInt(offset + headerBytes - RESULT_BYTES + (wideCount ? 0 : Integer.BYTES));
    }

    public static void putSegment(NativeMemory memory, int offset, long address, int length) {
        memory.putLong(offset, address);
        memory.putLong(offset + SEGMENT_LENGTH, length);
    }
}
