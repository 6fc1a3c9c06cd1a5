// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.posix.OperatingSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbers come from each system's sys/event.h, not from the table under test. */
class KqueueAbiTest {
    @ParameterizedTest
    @CsvSource({
        // sizeof(struct kevent), EVFILT_READ, EVFILT_WRITE, EVFILT_USER
        "MACOS,     32, -1, -2, -10",
        "FREEBSD,   64, -1, -2, -11",
        "OPENBSD,   32, -1, -2, -10",
        "NETBSD,    40,  0,  1,   8",
        "NETBSD11,  72,  0,  1,   8",
        "DRAGONFLY, 32, -1, -2,  -9",
        "LIBKQUEUE, 32, -1, -2, -11",
    })
    void numbersMatchTheSystemsHeaders(KqueueAbi abi, int bytes, int read, int write, int user) {
        assertEquals(bytes, abi.layout.bytes);
        assertEquals(read, abi.filterRead);
        assertEquals(write, abi.filterWrite);
        assertEquals(user, abi.filterUser);
    }

    @ParameterizedTest
    @EnumSource(
            value = OperatingSystem.class,
            names = {"LINUX", "NETBSD", "OTHER"})
    void systemsThatCannotCallKqueueHaveNone(OperatingSystem system) {
        assertNull(KqueueAbi.of(system));
    }

    @ParameterizedTest
    @EnumSource
    void everyOneIsFoundByItsLabel(KqueueAbi abi) {
        assertSame(abi, KqueueAbi.named(abi.label()));
    }

    @Test
    void unknownLabelsFindNothing() {
        assertNull(KqueueAbi.named("plan9"));
        assertNull(KqueueAbi.named(""));
    }
}
