// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Spawner;
import io.millrace.testkit.contract.OpenDescriptors;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How children are started and reaped, with what the kernel answers rarely given on purpose. */
class LibcSpawnerTest {
    private static final int NO_MORE_PROCESSES = 11;
    private static final int NO_MEMORY = 12;

    @BeforeEach
    void needChildren() {
        String why = LibcSpawner.unusableReason(Platform.current());
        Assumptions.assumeTrue(why == null, why);
    }

    private static Spawner.Plan plan(String... command) {
        return new Spawner.Plan(List.of(command), null, null, 0, 1, 2, false);
    }

    private static LibcSpawner answering(int error) {
        return new LibcSpawner(
                LibcSystemCalls.instance(),
                Platform.current(),
                (pid, file, actions, attributes, arguments, environment) -> error);
    }

    private static LibcSpawner real() {
        return new LibcSpawner(LibcSystemCalls.instance(), Platform.current());
    }

    @Test
    void aLimitOfProcessesAndALackOfMemoryAreSaid() throws IOException {
        assertFails("EAGAIN", answering(NO_MORE_PROCESSES));
        assertFails("ENOMEM", answering(NO_MEMORY));
    }

    private static void assertFails(String name, LibcSpawner spawner) throws IOException {
        OpenDescriptors before = OpenDescriptors.matching("(socket|pipe|anon_inode):.*|/dev/null");
        IoException failure =
                assertThrows(IoException.class, () -> spawner.spawn(plan("some-program")));
        assertEquals(name, failure.errorName());
        assertTrue(String.valueOf(failure.getMessage()).contains("some-program"));
        before.assertNoMore("its ends");
    }

    @Test
    void aStatusIsTakenOnceAndNotBeforeTheEnd() throws IoException {
        LibcSpawner spawner = real();
        int child = spawner.spawn(plan("sleep", "30"));
        assertEquals(Spawner.RUNS, spawner.reap(child));
        assertEquals(0, spawner.kill(child, spawner.numberOf("TERM")));
        spawner.awaitEnd(child);
        assertEquals(256 + spawner.numberOf("TERM"), spawner.reap(child));
        assertEquals(
                "ECHILD", assertThrows(IoException.class, () -> spawner.reap(child)).errorName());
    }

    @Test
    void signalsHaveNamesAndNumbers() {
        LibcSpawner spawner = real();
        assertEquals(9, spawner.numberOf("KILL"));
        assertEquals("KILL", spawner.nameOf(9));
        assertEquals(0, spawner.numberOf("NONE"));
        assertEquals("250", spawner.nameOf(250));
    }
}
