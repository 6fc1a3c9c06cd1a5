// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.IoException;
import io.millrace.posix.DescriptorBackend;
import io.millrace.posix.Platform;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Availability;
import io.millrace.spi.Code;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;
import io.millrace.testkit.script.ScriptedContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A backend that takes FreeBSD for macOS: unusable, and no loop gets near its records. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the double is made of epoll")
class MistakenTableTest {
    private static final String REASON =
            "a trial run failed: kevent: EOPNOTSUPP: this kernel does not speak the 32-byte records"
                    + " of macos: memory behind the records: ";

    private static final class Mistaken extends DescriptorBackend {
        @Override
        public String name() {
            return "kqueue-mistaken";
        }

        @Override
        public int rank() {
            return -1;
        }

        @Override
        protected Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
                throws IoException {
            EmulatedKqueue kernel = new EmulatedKqueue(KqueueAbi.FREEBSD);
            return KqueueBackend.openTested(kernel, KqueueAbi.MACOS, kernel.errors(), context);
        }
    }

    @Test
    void theBackendIsUnusableWithTheReason() {
        Availability availability = new Mistaken().probe();
        assertFalse(availability.usable());
        assertEquals(REASON, availability.reason().substring(0, REASON.length()));
        assertEquals(1, availability.reason().lines().count());
    }

    @Test
    void openingFailsWithTheReason() {
        IoException failure =
                assertThrows(
                        IoException.class,
                        () ->
                                new Mistaken()
                                        .open(
                                                DriverConfig.DEFAULT,
                                                new ScriptedContext(System::nanoTime)));
        assertEquals(Code.NOT_SUPPORTED, failure.code());
        assertEquals("open kqueue-mistaken", failure.operation());
    }
}
