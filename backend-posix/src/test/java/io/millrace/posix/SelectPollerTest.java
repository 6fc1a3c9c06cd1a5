// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.reactor.Poller;
import io.millrace.testkit.script.Watched;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** select(2), and its limit. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "works with pipe2 and eventfd")
class SelectPollerTest extends LevelPollerContract {
    @Override
    Poller open(SystemCalls calls, WakeupDescriptor wakeup) {
        return new SelectPoller(calls, wakeup, new UncountedContext());
    }

    @Override
    String waitingCall() {
        return "select";
    }

    @Test
    void aDescriptorBeyondTheSetsIsRefused() throws IoException {
        assertEquals(Code.TOO_MANY_FILES, poller.add(new Watched(1024), Poller.READ));
        assertEquals(Code.TOO_MANY_FILES, poller.add(new Watched(-1), Poller.READ));
        assertEquals(0, select(NO_WAIT).size());
    }

    @Test
    void theHighestDescriptorWorks() throws IoException {
        Pipe pipe = pipe();
        fill(pipe);
        Watched highest = new Watched(duplicate(pipe.reader().descriptor(), 1023));
        assertEquals(Code.OK, poller.add(highest, Poller.READ));
        assertEquals(Poller.READ, select(NO_LIMIT).of(highest));
        poller.remove(highest);
        real.close(1023);
        assertEquals(0, select(NO_WAIT).size());
    }

    public interface Duplicate {
        int dup2(int from, int to);
    }

    private static int duplicate(int from, int to) {
        return Libc.bind(Duplicate.class).dup2(from, to);
    }
}
