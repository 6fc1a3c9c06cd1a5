// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.IoException;
import io.millrace.posix.NativeMemory;
import io.millrace.spi.reactor.RawStream;
import io.millrace.testkit.kernel.Interposer;
import io.millrace.testkit.script.Readiness;
import io.millrace.testkit.script.ScriptedContext;
import java.util.ArrayList;
import java.util.List;

/** A kqueue poller over a kernel that can be interfered with, and connections to watch. */
final class PollerFixture implements AutoCloseable {
    static final long NO_WAIT = 0;

    /** Only a test that fails waits so long; a native wait without limit could not be ended. */
    static final long PATIENTLY = 20_000_000_000L;

    final KqueueAbi abi;
    final EmulatedKqueue emulated;
    final Interposer<KqueueCalls> kernel;
    final KqueuePoller poller;
    final ScriptedContext context = new ScriptedContext(System::nanoTime);

    /** Every change that the kernel was given, call by call: {@code add 5 R, delete 5 W}. */
    final List<String> submissions = new ArrayList<>();

    private final Connections connections = new Connections();

    PollerFixture(KqueueAbi abi) throws IoException {
        this.abi = abi;
        emulated = new EmulatedKqueue(abi);
        kernel = Interposer.over(KqueueCalls.class, emulated);
        poller = open();
        kernel.always("kevent", (real, arguments) -> kevent(arguments));
    }

    KqueuePoller open() throws IoException {
        return new KqueuePoller(kernel.calls(), abi, emulated.errors(), context);
    }

    /** Passes a call on, as the test may want to do itself. */
    int kevent(Object[] arguments) {
        note((long) arguments[1], (int) arguments[2]);
        return emulated.kevent(
                (int) arguments[0],
                (long) arguments[1],
                (int) arguments[2],
                (long) arguments[3],
                (int) arguments[4],
                (long) arguments[5]);
    }

    /** Passes a call on as if there were room for one event, until that is of this filter. */
    int keventOnly(int filter, Object[] arguments) {
        Kevents events = new Kevents(abi.layout, NativeMemory.at((long) arguments[3], 256));
        arguments[4] = 1;
        int count;
        do {
            count = kevent(arguments);
            arguments[2] = 0;
        } while (count == 1 && events.filter(0) != filter);
        return count;
    }

    private void note(long changes, int count) {
        if (count > 0) {
            NativeMemory memory = NativeMemory.at(changes, count * abi.layout.bytes);
            Kevents records = new Kevents(abi.layout, memory);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(text(records, i));
            }
            submissions.add(String.join(", ", texts));
        }
    }

    private String text(Kevents records, int index) {
        int filter = records.filter(index);
        if (filter == abi.filterUser) {
            return "trigger";
        }
        boolean adding = (records.flags(index) & KeventFlag.ADD) != 0;
        return (adding ? "add " : "delete ")
                + records.ident(index)
                + (filter == abi.filterRead ? " R" : " W");
    }

    Connections.Pair connect() {
        return connections.connect();
    }

    void send(RawStream from, int count) {
        connections.send(from, count);
    }

    int receive(RawStream by) {
        return connections.receive(by);
    }

    Readiness select(long timeoutNanos) throws IoException {
        Readiness readiness = new Readiness();
        poller.select(timeoutNanos, readiness);
        return readiness;
    }

    @Override
    public void close() {
        poller.close();
        connections.close();
    }
}
