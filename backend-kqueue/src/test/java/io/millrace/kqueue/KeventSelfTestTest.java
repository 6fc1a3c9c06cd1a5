// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.testkit.kernel.Interposer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Any table on any kernel: the right one passes, every wrong one is found out. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the double is made of epoll")
class KeventSelfTestTest {
    static Stream<Arguments> pairs() {
        return Arrays.stream(KqueueAbi.values())
                .flatMap(
                        kernel ->
                                Arrays.stream(KqueueAbi.values())
                                        .map(claimed -> Arguments.of(kernel, claimed)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void onlyTheTableOfTheKernelPasses(KqueueAbi kernel, KqueueAbi claimed) {
        boolean alike = kernel.layout == claimed.layout && kernel.filterUser == claimed.filterUser;
        EmulatedKqueue calls = new EmulatedKqueue(kernel);
        if (alike) {
            assertDoesNotThrow(() -> KeventSelfTest.run(calls, claimed));
        } else {
            IoException found =
                    assertThrows(IoException.class, () -> KeventSelfTest.run(calls, claimed));
            String start =
                    "kevent: EOPNOTSUPP: this kernel does not speak the "
                            + (claimed.layout.bytes + "-byte records of " + claimed.label());
            assertTrue(found.getMessage().startsWith(start), found.getMessage());
        }
    }

    /** As on OpenBSD before 7.8. */
    @Test
    void aKernelWithoutUserEventsIsFoundOut() {
        Interposer<KqueueCalls> kernel =
                Interposer.over(KqueueCalls.class, new EmulatedKqueue(KqueueAbi.OPENBSD));
        kernel.answer("kevent", Code.INVALID_ARGUMENT);
        IoException found =
                assertThrows(
                        IoException.class,
                        () -> KeventSelfTest.run(kernel.calls(), KqueueAbi.OPENBSD));
        assertTrue(found.getMessage().endsWith("receipts: 0xffffffffffffffea, not 0x2"));
    }

    @Test
    void emfileIsTold() {
        Interposer<KqueueCalls> kernel =
                Interposer.over(KqueueCalls.class, new EmulatedKqueue(KqueueAbi.MACOS));
        kernel.answer("kqueue", Code.TOO_MANY_FILES);
        IoException failure =
                assertThrows(
                        IoException.class,
                        () -> KeventSelfTest.run(kernel.calls(), KqueueAbi.MACOS));
        assertEquals(Code.TOO_MANY_FILES, failure.code());
    }

    @ParameterizedTest
    @EnumSource
    void theQueueIsClosedAgain(KqueueAbi abi) throws IoException {
        Interposer<KqueueCalls> kernel =
                Interposer.over(KqueueCalls.class, new EmulatedKqueue(abi));
        KeventSelfTest.run(kernel.calls(), abi);
        assertEquals(1, kernel.count("kqueue"));
        assertEquals(1, kernel.count("close"));
    }
}
