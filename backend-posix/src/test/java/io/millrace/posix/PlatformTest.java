// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The values come from each system's own headers, not from the tables under test. */
class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "LINUX,        10, 0x800,      0x80000,    1,      4,      15,      0x4000,  4",
        "MACOS,        30, 0,          0,          0xffff, 0x1007, -1,      0,       0x10",
        "FREEBSD,      28, 0x20000000, 0x10000000, 0xffff, 0x1007, 0x10000, 0x20000, 0x100",
        "OPENBSD,      24, 0x4000,     0x8000,     0xffff, 0x1007, -1,      0x400,   -1",
        "DRAGONFLY,    28, 0x20000000, 0x10000000, 0xffff, 0x1007, 0x200,   0x400,   0x100",
    })
    void numbersMatchTheSystemsHeaders(
            OperatingSystem system,
            int afInet6,
            int sockNonblock,
            int sockCloexec,
            int solSocket,
            int soError,
            int balancedReuseport,
            int msgNosignal,
            int keepIdle) {
        SocketConstants constants = Platform.of(system, Processor.X86_64).constants();
        assertEquals(afInet6, constants.afInet6);
        assertEquals(sockNonblock, constants.sockNonblock);
        assertEquals(sockCloexec, constants.sockCloexec);
        assertEquals(solSocket, constants.solSocket);
        assertEquals(soError, constants.soError);
        assertEquals(balancedReuseport, constants.soReuseportBalanced);
        assertEquals(msgNosignal, constants.msgNosignal);
        assertEquals(keepIdle, constants.tcpKeepidle);
    }

    /** As above: O_NONBLOCK, O_CLOEXEC, SO_NOSIGPIPE, MSG_DONTWAIT, keep-alive, limits. */
    @ParameterizedTest
    @CsvSource({
        "LINUX,     0x800, 0x80000,   -1,     0x40, 5,     6,     8,      7,      7",
        "MACOS,     4,     0x1000000, 0x1022, 0x80, 0x101, 0x102, 0x1002, 0x1001, 8",
        "FREEBSD,   4,     0x100000,  0x800,  0x80, 0x200, 0x400, 0x1002, 0x1001, 8",
        "OPENBSD,   4,     0x10000,   -1,     0x80, -1,    -1,    0x1002, 0x1001, 8",
        "DRAGONFLY, 4,     0x20000,   0x800,  0x80, 0x200, 0x400, 0x1002, 0x1001, 8",
    })
    void moreNumbersMatchTheSystemsHeaders(
            OperatingSystem system,
            int nonblock,
            int cloexec,
            int nosigpipe,
            int dontwait,
            int keepInterval,
            int keepCount,
            int receiveBuffer,
            int sendBuffer,
            int openFiles) {
        SocketConstants constants = Platform.of(system, Processor.X86_64).constants();
        assertEquals(nonblock, constants.openNonblock);
        assertEquals(cloexec, constants.openCloexec);
        assertEquals(nosigpipe, constants.soNosigpipe);
        assertEquals(dontwait, constants.msgDontwait);
        assertEquals(keepInterval, constants.tcpKeepintvl);
        assertEquals(keepCount, constants.tcpKeepcnt);
        assertEquals(receiveBuffer, constants.soRcvbuf);
        assertEquals(sendBuffer, constants.soSndbuf);
        assertEquals(openFiles, constants.rlimitNofile);
    }

    @Test
    void macosLingersInSecondsAndNotInTicks() {
        assertEquals(
                0x1080, Platform.of(OperatingSystem.MACOS, Processor.AARCH64).constants().soLinger);
        assertEquals(
                0x80, Platform.of(OperatingSystem.FREEBSD, Processor.AARCH64).constants().soLinger);
    }

    @Test
    void aProcessorCanHaveNumbersOfItsOwn() {
        SocketConstants mips = Platform.of(OperatingSystem.LINUX, Processor.MIPS64EL).constants();
        assertEquals(0xffff, mips.solSocket);
    }

    @ParameterizedTest
    @EnumSource(
            value = OperatingSystem.class,
            names = {"NETBSD", "OTHER"})
    void aSystemWithoutTablesIsRefusedRatherThanGuessed(OperatingSystem system) {
        assertThrows(
                UnsupportedOperationException.class, () -> Platform.of(system, Processor.X86_64));
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, LINUX",
        "Mac OS X, MACOS",
        "FreeBSD, FREEBSD",
        "OpenBSD, OPENBSD",
        "DragonFlyBSD, DRAGONFLY",
        "NetBSD, NETBSD",
        "Windows 11, OTHER",
        "Other, OTHER",
    })
    void systemsAreRecognisedByName(String osName, OperatingSystem system) {
        assertEquals(system, OperatingSystem.named(osName));
    }

    @ParameterizedTest
    @CsvSource({"amd64, X86_64", "x86_64, X86_64", "aarch64, AARCH64", "riscv64, OTHER"})
    void processorsAreRecognisedByName(String osArch, Processor processor) {
        assertEquals(processor, Processor.named(osArch));
    }
}
