// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.posix.NativeMemory;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bytes are written down from the C declarations, field by field, for little-endian systems.
 */
class KeventsTest {
    private static final String NARROW =
            "0500000000000000" // uintptr_t ident = 5
                    + "feff" // short filter = -2
                    + "21c0" // u_short flags = 0xc021
                    + "00000001" // u_int fflags = 0x01000000
                    + "9bffffffffffffff" // intptr_t data = -101
                    + "8877665544332211"; // void *udata

    private static final String WIDE =
            "0500000000000000" // uintptr_t ident = 5
                    + "feffffff" // uint32_t filter = -2
                    + "21c00000" // uint32_t flags = 0xc021
                    + "00000001" // uint32_t fflags = 0x01000000
                    + "00000000" // padding, because int64_t data is aligned
                    + "9bffffffffffffff" // int64_t data = -101
                    + "8877665544332211"; // void *udata

    private static final String EXTENSION = "00".repeat(32); // ext[4]

    private static String bytes(KeventLayout layout) {
        return switch (layout) {
            case NARROW -> NARROW;
            case NARROW_EXTENDED -> NARROW + EXTENSION;
            case WIDE -> WIDE;
            case WIDE_EXTENDED -> WIDE + EXTENSION;
        };
    }

    @ParameterizedTest
    @EnumSource
    void recordsAreWrittenByteForByte(KeventLayout layout) {
        NativeMemory memory = NativeMemory.allocate(3 * layout.bytes);
        Kevents records = new Kevents(layout, memory);
        byte[] noise = new byte[3 * layout.bytes];
        Arrays.fill(noise, (byte) 0xee);
        memory.putBytes(0, noise);

        records.put(1, 5, -2, 0xc021, 0x1122334455667788L);
        records.putFflags(1, 0x0100_0000);
        records.putData(1, -101);

        byte[] written = new byte[3 * layout.bytes];
        memory.getBytes(0, written);
        String untouched = "ee".repeat(layout.bytes);
        assertEquals(untouched + bytes(layout) + untouched, HexFormat.of().formatHex(written));
    }

    @ParameterizedTest
    @EnumSource
    void recordsAreReadBack(KeventLayout layout) {
        NativeMemory memory = NativeMemory.allocate(2 * layout.bytes);
        memory.putBytes(0, HexFormat.of().parseHex(bytes(layout).repeat(2)));
        Kevents records = new Kevents(layout, memory);
        assertEquals(2, records.capacity());
        assertEquals(5, records.ident(1));
        assertEquals(-2, records.filter(1));
        assertEquals(0xc021, records.flags(1), "not sign-extended");
        assertEquals(0x0100_0000, records.fflags(1));
        assertEquals(-101, records.data(1));
        assertEquals(0x1122334455667788L, records.udata(1));
        assertEquals(memory.address() + layout.bytes, records.address(1));
    }

    @ParameterizedTest
    @CsvSource({"NARROW, 32", "NARROW_EXTENDED, 64", "WIDE, 40", "WIDE_EXTENDED, 72"})
    void sizesAreThoseOfTheSystems(KeventLayout layout, int bytes) {
        assertEquals(bytes, layout.bytes);
    }

    @ParameterizedTest
    @EnumSource
    void growingKeepsWhatIsThere(KeventLayout layout) {
        Kevents records = new Kevents(layout, 2);
        records.put(0, 1, -1, 1, 11);
        records.put(1, 2, -2, 2, 22);
        records.ensureCapacity(3);
        records.put(2, 3, -1, 1, 33);
        for (int i = 0; i < 3; i++) {
            assertEquals(i + 1, records.ident(i));
            assertEquals(11L * (i + 1), records.udata(i));
        }
    }

    @Test
    void enoughRoomIsLeftAlone() {
        Kevents records = new Kevents(KeventLayout.NARROW, 4);
        long address = records.address(0);
        records.ensureCapacity(4);
        assertEquals(address, records.address(0));
    }

    /** From the headers; the flags of a change have to be right before anything can be tested. */
    @Test
    void flagsAreThoseOfTheHeaders() {
        assertEquals(0x0001, KeventFlag.ADD);
        assertEquals(0x0002, KeventFlag.DELETE);
        assertEquals(0x0020, KeventFlag.CLEAR);
        assertEquals(0x0040, KeventFlag.RECEIPT);
        assertEquals(0x4000, KeventFlag.ERROR);
        assertEquals(0x8000, KeventFlag.EOF);
        assertEquals(0x01000000, KeventFlag.NOTE_TRIGGER);
    }
}
