// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.posix.ErrnoTable;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Timespec;
import io.millrace.spi.Code;

/** A queue to be called by hand, and one connection to watch. */
final class QueueFixture implements AutoCloseable {
    private static final int ROOM = 16;

    final KqueueCalls kqueue;
    final KqueueAbi abi;
    final ErrnoTable errors;
    final Kevents changes;
    final Kevents events;

    private final int queue;
    private final Timespec noWait = new Timespec();
    private final NativeMemory timespec = NativeMemory.allocate(16);
    private final Connections connections = new Connections();
    private Connections.Pair pair;

    /**
     * @param errors how this kqueue numbers them
     */
    QueueFixture(KqueueCalls kqueue, KqueueAbi abi, ErrnoTable errors) throws IoException {
        this.kqueue = kqueue;
        this.abi = abi;
        this.errors = errors;
        changes = new Kevents(abi.layout, ROOM);
        events = new Kevents(abi.layout, ROOM);
        queue = kqueue.kqueue();
        assertTrue(queue >= 0, () -> Code.name(queue));
    }

    /** Makes a new connection the one to watch, and answers its descriptor. */
    int connect() {
        pair = connections.connect();
        return pair.local().descriptor();
    }

    void peerSends(int count) {
        assertEquals(count, connections.send(pair.peer(), count));
    }

    void peerCloses() {
        Connections.end(pair.peer());
    }

    void peerResets() {
        Connections.reset(pair.peer());
    }

    void closeBoth() {
        pair.local().close();
        pair.peer().close();
    }

    int receive() {
        return connections.receive(pair.local());
    }

    void drain() {
        int received;
        do {
            received = receive();
        } while (received > 0);
        assertTrue(received == 0 || received == Code.WOULD_BLOCK, Code.name(received));
    }

    int change(long ident, int filter, int flags) {
        return change(ident, filter, flags, 0);
    }

    int change(long ident, int filter, int flags, long udata) {
        changes.put(0, ident, filter, flags, udata);
        return kqueue.kevent(queue, changes.address(0), 1, 0, 0, noWait.set(0));
    }

    /** With memory of its own, for another thread. */
    int changeElsewhere(long ident, int filter, int flags) {
        Kevents change = new Kevents(abi.layout, 1);
        change.put(0, ident, filter, flags, 0);
        return kqueue.kevent(queue, change.address(0), 1, 0, 0, 0);
    }

    int trigger(long ident, int fflags, long udata) {
        Kevents change = new Kevents(abi.layout, 1);
        change.put(0, ident, abi.filterUser, 0, udata);
        change.putFflags(0, KeventFlag.NOTE_TRIGGER | fflags);
        return kqueue.kevent(queue, change.address(0), 1, 0, 0, 0);
    }

    int apply(int changeCount, int room) {
        long into = room == 0 ? 0 : events.address(0);
        return kqueue.kevent(queue, changes.address(0), changeCount, into, room, noWait.set(0));
    }

    int applyInPlace(int count) {
        long address = changes.address(0);
        return kqueue.kevent(queue, address, count, address, count, noWait.set(0));
    }

    int poll() {
        return poll(ROOM);
    }

    int poll(int room) {
        return apply(0, room);
    }

    /** Without limit. */
    int await() {
        return kqueue.kevent(queue, 0, 0, events.address(0), ROOM, 0);
    }

    int await(long seconds, long nanos) {
        timespec.putLong(0, seconds);
        timespec.putLong(8, nanos);
        return kqueue.kevent(queue, 0, 0, events.address(0), ROOM, timespec.address());
    }

    @Override
    public void close() {
        connections.close();
        kqueue.close(queue);
    }
}
