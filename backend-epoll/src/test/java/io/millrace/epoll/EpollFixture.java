// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.posix.EventfdWakeup;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketConstants;
import io.millrace.posix.SystemCalls;
import io.millrace.testkit.kernel.Interposer;
import io.millrace.testkit.script.Readiness;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.Watched;
import java.util.ArrayList;
import java.util.List;

/** An epoll poller over a kernel that can be interfered with, and pipes to watch. */
final class EpollFixture implements AutoCloseable {
    static final long NO_WAIT = 0;
    static final long NO_LIMIT = -1;

    final Interposer<EpollCalls> epoll =
            Interposer.over(EpollCalls.class, LibcEpollCalls.instance());
    final Interposer<SystemCalls> kernel =
            Interposer.over(SystemCalls.class, LibcSystemCalls.instance());
    final SystemCalls real = LibcSystemCalls.instance();
    final SocketConstants constants = Platform.current().constants();
    final EventfdWakeup wakeup;
    final EpollPoller poller;
    final ScriptedContext context = new ScriptedContext(System::nanoTime);

    private final NativeMemory bytes = NativeMemory.allocate(64);
    private final List<Integer> opened = new ArrayList<>();

    EpollFixture(boolean edge) throws IoException {
        wakeup = EventfdWakeup.open(kernel.calls(), constants);
        poller = open(edge);
    }

    EpollPoller open(boolean edge) throws IoException {
        return new EpollPoller(
                epoll.calls(), kernel.calls(), wakeup, Platform.current(), context, edge);
    }

    /** A pipe: the end to read and the end to write. */
    record Pipe(Watched reader, Watched writer) {}

    Pipe pipe() {
        assertEquals(0, real.pipe2(bytes.address(), constants.openNonblock));
        Pipe pipe = new Pipe(new Watched(bytes.getInt(0)), new Watched(bytes.getInt(4)));
        opened.add(pipe.reader().descriptor());
        opened.add(pipe.writer().descriptor());
        return pipe;
    }

    void fill(Pipe pipe, int count) {
        assertEquals(count, real.write(pipe.writer().descriptor(), bytes.address(), count));
    }

    int empty(Pipe pipe) {
        return real.read(pipe.reader().descriptor(), bytes.address(), bytes.size());
    }

    void closeDescriptor(Watched watched) {
        real.close(watched.descriptor());
        opened.remove((Integer) watched.descriptor());
    }

    Readiness select(long timeoutNanos) throws IoException {
        Readiness readiness = new Readiness();
        poller.select(timeoutNanos, readiness);
        return readiness;
    }

    @Override
    public void close() {
        poller.close();
        opened.forEach(real::close);
    }
}
