// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.spi.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each system's error numbers become the one set of codes that core knows. */
class ErrnoTableTest {
    @ParameterizedTest
    @CsvSource({
        "WOULD_BLOCK,   11, 35, 35, 35",
        "IN_PROGRESS,  115, 36, 36, 36",
        "RESET,        104, 54, 54, 54",
        "BROKEN_PIPE,   32, 32, 32, 32",
        "REFUSED,      111, 61, 61, 61",
        "TIMED_OUT,    110, 60, 60, 60",
        "ABORTED,      103, 53, 53, 53",
        "NO_CHUNKS,    105, 55, 55, 55",
        "ADDRESS_IN_USE, 98, 48, 48, 48",
        "CANCELLED,    125, 89, 85, 88",
        "NOT_SUPPORTED, 95, 45, 45, 91",
        "TOO_MANY_FILES, 24, 24, 24, 24",
    })
    void everySystemsNumberBecomesTheSameCode(
            String code, int linux, int macos, int freebsd, int openbsd) throws Exception {
        int expected = Code.class.getField(code).getInt(null);
        assertEquals(expected, table(OperatingSystem.LINUX).code(linux));
        assertEquals(expected, table(OperatingSystem.MACOS).code(macos));
        assertEquals(expected, table(OperatingSystem.FREEBSD).code(freebsd));
        assertEquals(expected, table(OperatingSystem.OPENBSD).code(openbsd));
    }

    @Test
    void linuxNumbersPassThroughEvenIfNewerThanTheTable() {
        assertEquals(-133, table(OperatingSystem.LINUX).code(133));
        assertEquals(-4000, table(OperatingSystem.LINUX).code(4000));
    }

    @Test
    void linuxItselfHasOtherNumbersOnMips() {
        ErrnoTable mips = ErrnoTable.of(OperatingSystem.LINUX, Processor.MIPS64EL);
        assertEquals(Code.RESET, mips.code(131));
    }

    @Test
    void anErrorThatLinuxLacksStaysDistinct() {
        int fileTypeError = 79; // EFTYPE
        assertEquals(
                -(ErrnoTable.FOREIGN + fileTypeError),
                table(OperatingSystem.MACOS).code(fileTypeError));
        assertEquals(-(ErrnoTable.FOREIGN + 999), table(OperatingSystem.MACOS).code(999));
    }

    /** From Darwin's sys/errno.h: EPROTOTYPE, and the two that Linux has as one. */
    @Test
    void macosNumbersThatItsDialectWaitsFor() {
        ErrnoTable macos = table(OperatingSystem.MACOS);
        assertEquals(-91, macos.code(41));
        assertEquals(Code.NOT_SUPPORTED, macos.code(45));
        assertEquals(Code.NOT_SUPPORTED, macos.code(102));
    }

    @Test
    void bothNamesOfOneNumberAreUnderstood() {
        assertEquals(-61, table(OperatingSystem.FREEBSD).code(87)); // ENOATTR is ENODATA
        assertEquals(Code.NOT_SUPPORTED, table(OperatingSystem.MACOS).code(102)); // EOPNOTSUPP
    }

    private static ErrnoTable table(OperatingSystem system) {
        return ErrnoTable.of(system, Processor.AARCH64);
    }
}
