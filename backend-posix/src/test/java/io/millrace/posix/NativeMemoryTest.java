// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Native memory is zeroed, aligned, bounded, and read as it was written. */
class NativeMemoryTest {
    private final NativeMemory memory = NativeMemory.allocate(256);

    @Test
    void isZeroedAndAlignedToACacheLine() {
        assertEquals(0, memory.address() % 64);
        assertEquals(256, memory.size());
        for (int i = 0; i < memory.size(); i += 8) {
            assertEquals(0, memory.getLong(i));
        }
    }

    @Test
    void aViewByAddressSeesTheSameBytes() {
        NativeMemory view = NativeMemory.at(memory.address(64), 64);
        view.putInt(4, 0xcafebabe);
        memory.putLong(72, 42);
        assertEquals(0xcafebabe, memory.getInt(68));
        assertEquals(42, view.getLong(8));
    }

    @Test
    void everyWidthReadsWhatItWrote() {
        memory.putByte(1, (byte) -1);
        memory.putShort(3, (short) -2);
        memory.putInt(7, -3);
        memory.putLong(13, -4);
        memory.putShortRelease(32, (short) -5);
        memory.putIntRelease(36, -6);
        assertEquals(-1, memory.getByte(1));
        assertEquals(-2, memory.getShort(3));
        assertEquals(-3, memory.getInt(7));
        assertEquals(-4, memory.getLong(13));
        assertEquals(-5, memory.getShortAcquire(32));
        assertEquals(-6, memory.getIntAcquire(36));
        assertEquals(-6, memory.getIntOpaque(36));
    }

    @Test
    void zeroTouchesNothingBeside() {
        for (int i = 0; i < 64; i++) {
            memory.putByte(i, (byte) 9);
        }
        memory.zero(3, 21);
        assertEquals(9, memory.getByte(2));
        for (int i = 3; i < 24; i++) {
            assertEquals(0, memory.getByte(i));
        }
        assertEquals(9, memory.getByte(24));
    }

    @Test
    void outOfBoundsIsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(249));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.putInt(-1, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.putIntRelease(256, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.putBytes(250, new byte[7]));
    }

    @Test
    void orderedAccessNeedsAlignment() {
        assertThrows(IllegalStateException.class, () -> memory.getIntAcquire(2));
    }
}
