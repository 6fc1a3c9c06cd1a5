// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.posix.NativeMemory;
import io.millrace.posix.Processor;
import org.junit.jupiter.api.Test;

/** The kernel's record, byte by byte. */
class EpollEventsTest {
    @Test
    void theRecordIsPackedOnX86() {
        NativeMemory record = NativeMemory.at(change(Processor.X86_64), 12);
        assertEquals(EpollEvents.EDGE | EpollEvents.IN, record.getInt(0));
        assertEquals(0x1122334455667788L, record.getLong(4));
    }

    @Test
    void theRecordIsAlignedElsewhere() {
        NativeMemory record = NativeMemory.at(change(Processor.AARCH64), 16);
        assertEquals(EpollEvents.EDGE | EpollEvents.IN, record.getInt(0));
        assertEquals(0x1122334455667788L, record.getLong(8));
    }

    private EpollEvents kept = new EpollEvents(Processor.OTHER);

    private long change(Processor processor) {
        kept = new EpollEvents(processor);
        return kept.change(EpollEvents.EDGE | EpollEvents.IN, 0x1122334455667788L);
    }
}
