// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.spi.Code;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The tests' kqueue keeps kqueue(2)'s promises, and is as strict as the strictest system. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the double is made of epoll")
@ParameterizedClass
@EnumSource(
        value = KqueueAbi.class,
        names = {"MACOS", "FREEBSD", "NETBSD", "NETBSD11"})
class EmulatedKqueueTest extends KqueueSemantics {
    @Parameter KqueueAbi abi;

    @Override
    QueueFixture openQueue() throws IOException {
        EmulatedKqueue emulated = new EmulatedKqueue(abi);
        return new QueueFixture(emulated, abi, emulated.errors());
    }

    /** What libkqueue does, and macOS was seen to do with a refused connection. */
    @Test
    void anErrorThatWasReportedIsGoneFromTheSocket() {
        int fd = queue.connect();
        queue.change(fd, readFilter, KeventFlag.ADD);
        queue.peerResets();
        assertEquals(1, queue.poll());
        assertEquals(0, queue.receive(), "looks like the end");
    }

    /** xnu keeps the flags of the change in its answer, the others do not. */
    @Test
    void receiptsMayDropTheFlagsOfTheChange() {
        int fd = queue.connect();
        int flags = KeventFlag.ADD | KeventFlag.RECEIPT;
        queue.changes.put(0, fd, readFilter, flags, 7);
        assertEquals(1, queue.applyInPlace(1));
        int kept = abi == KqueueAbi.MACOS ? flags : 0;
        assertEquals(kept | KeventFlag.ERROR, queue.changes.flags(0));
    }

    @Test
    void aWaitOfADayIsRefused() {
        assertEquals(Code.INVALID_ARGUMENT, queue.await(24 * 60 * 60, 0));
    }
}
