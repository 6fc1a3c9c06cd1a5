// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Passed;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct msghdr} of Linux on 64 bits with room for the most descriptors that one message
 * carries, see unix(7) and cmsg(3): to be sent, or to be filled by a receive.
 */
public final class RightsMessage {
    /** MSG_CMSG_CLOEXEC: what is received is closed in child processes. */
    public static final int RECEIVE_FLAGS = 0x40000000;

    /** SCM_MAX_FD. */
    private static final int MOST = 253;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    /** Brings a descriptor of the sender's process, where somebody has set SO_PASSPIDFD. */
    private static final int SCM_PIDFD = 4;

    private static final int MSG_CTRUNC = 8;

    private static final int SEGMENTS = 16;
    private static final int SEGMENT_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int HEADER_BYTES = 56;

    private static final int SEGMENT = HEADER_BYTES;
    private static final int CARRIER = SEGMENT + MessageLayout.SEGMENT_BYTES;
    private static final int RIGHTS = CARRIER + Long.BYTES;
    private static final int LEVEL = 8;
    private static final int TYPE = 12;
    private static final int DESCRIPTORS = RIGHTS + 16;

    /** Of a control message: length, level, type. */
    private static final int CONTROL_HEADER = DESCRIPTORS - RIGHTS;

    private static final int RIGHTS_BYTES = CONTROL_HEADER + aligned(MOST * Integer.BYTES);

    /**
     * For what comes before them when somebody has switched it on: times, credentials, a label.
     * Without room for that the kernel would cut off descriptors.
     */
    private static final int OTHERS_BYTES = 512;

    private final NativeMemory memory = NativeMemory.allocate(RIGHTS + RIGHTS_BYTES + OTHERS_BYTES);

    /** Closes what comes that nobody can take. */
    private final IntConsumer close;

    /**
     * @param close closes a descriptor
     */
    public RightsMessage(IntConsumer close) {
        this.close = close;
        memory.zero(0, memory.size());
        memory.putLong(CONTROL, memory.address(RIGHTS));
    }

    /** Where the header lies. Good while this is reachable. */
    public long address() {
        return memory.address();
    }

    /** Makes it a message of one byte with descriptors. */
    void put(byte carrier, int[] descriptors) {
        memory.putByte(CARRIER, carrier);
        putSegment(memory.address(CARRIER), 1);
        int length = CONTROL_HEADER + descriptors.length * Integer.BYTES;
        memory.putLong(CONTROL_LENGTH, aligned(length));
        memory.putLong(RIGHTS, length);
        memory.putInt(RIGHTS + LEVEL, SOL_SOCKET);
        memory.putInt(RIGHTS + TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            memory.putInt(DESCRIPTORS + i * Integer.BYTES, descriptors[i]);
        }
    }

    /** Has the next receive put its bytes there. */
    public void receiveInto(long address, int length) {
        putSegment(address, length);
        makeRoom();
    }

    /** Has the next receive put its bytes where the kernel chooses. */
    public void receiveAnywhere() {
        memory.putLong(SEGMENTS, 0);
        memory.putLong(SEGMENT_COUNT, 0);
        makeRoom();
    }

    private void putSegment(long address, int length) {
        MessageLayout.putSegment(memory, SEGMENT, address, length);
        memory.putLong(SEGMENTS, memory.address(SEGMENT));
        memory.putLong(SEGMENT_COUNT, 1);
    }

    private void makeRoom() {
        memory.putLong(CONTROL_LENGTH, RIGHTS_BYTES + OTHERS_BYTES);
        memory.putInt(FLAGS, 0);
    }

    /**
     * What a receive has filled in; null if nothing came but bytes. Every control message is looked
     * at, because whatever descriptor one of them brings is this process's from here on.
     */
    public @Nullable Passed received() {
        int end = RIGHTS + (int) memory.getLong(CONTROL_LENGTH);
        boolean lost = (memory.getInt(FLAGS) & MSG_CTRUNC) != 0;
        Passed passed = null;
        int at = RIGHTS;
        while (end - at >= CONTROL_HEADER) {
            int length = (int) memory.getLong(at);
            if (length < CONTROL_HEADER || length > end - at) {
                break;
            }
            int values = (length - CONTROL_HEADER) / Integer.BYTES;
            if (isOfSocket(at, SCM_RIGHTS)) {
                passed = passed(at + CONTROL_HEADER, values, lost);
            } else if (isOfSocket(at, SCM_PIDFD)) {
                discard(at + CONTROL_HEADER, values);
            }
            at += aligned(length);
        }
        return lost && passed == null ? new Passed(new int[0], true) : passed;
    }

    private boolean isOfSocket(int at, int type) {
        return memory.getInt(at + LEVEL) == SOL_SOCKET && memory.getInt(at + TYPE) == type;
    }

    /** A number below zero says why there is none. */
    private void discard(int at, int count) {
        for (int i = 0; i < count; i++) {
            int descriptor = memory.getInt(at + i * Integer.BYTES);
            if (descriptor >= 0) {
                close.accept(descriptor);
            }
        }
    }

    private Passed passed(int at, int count, boolean lost) {
        int[] descriptors = new int[count];
        for (int i = 0; i < count; i++) {
            descriptors[i] = memory.getInt(at + i * Integer.BYTES);
        }
        return new Passed(descriptors, lost);
    }

    private static int aligned(int bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }
}
