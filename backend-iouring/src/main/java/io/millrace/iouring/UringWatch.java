// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;

/**
 * A watch by a poll request that completes once, and is made anew after each event as long as
 * something is awaited. So it is level-triggered, which the kernel's multishot polls are not, and
 * costs an entry of the queue for each event.
 *
 * <p>A completion is a hint: it tells what whoever woke the request thought of, which may be gone
 * by now or more than there is. So what is told is what poll(2) says then.
 *
 * <p>The request holds the file that the descriptor stands for, whoever closes the descriptor: so
 * what is not awaited any more is cancelled, and not left until something comes.
 */
final class UringWatch extends Requester implements WatchPort {
    private static final int POLLIN = 0x1;
    private static final int POLLPRI = 0x2;
    private static final int POLLOUT = 0x4;
    private static final int POLLERR = 0x8;
    private static final int POLLHUP = 0x10;
    private static final int POLLRDBAND = 0x80;
    private static final int POLLRDHUP = 0x2000;

    private final UringDriver driver;
    private final UringWatches watches;
    private final int descriptor;
    private final WatchSink sink;
    private final int slot;
    private final int generation;
    private int awaited;

    /** What the request in flight is for; 0 if none is. */
    private int armed;

    /** Whether the request in flight is cancelled already. */
    private boolean cancelled;

    /** Why it cannot be watched, until that is reported. */
    private int failure = Code.OK;

    /** Whether an entry is on its way whose completion reports what needs no event. */
    private boolean reporting;

    private boolean closed;

    UringWatch(UringDriver driver, UringWatches watches, int descriptor, WatchSink sink) {
        this.driver = driver;
        this.watches = watches;
        this.descriptor = descriptor;
        this.sink = sink;
        slot = driver.ports.add(this);
        generation = driver.ports.generation(slot);
    }

    @Override
    public void await(int events) {
        assert !closed;
        awaited = events;
        driver.wanting.add(this);
    }

    /** It is told once, by a later poll. */
    void fail(int code) {
        if (failure == Code.OK && !closed) {
            failure = code;
            awaited = 0;
            driver.wanting.add(this);
        }
    }

    @Override
    boolean submitWanted() throws IoException {
        if (armed != 0) {
            return armed == awaited || cancelled || submitCancel();
        }
        boolean toReport = (closed || failure != Code.OK) && !reporting;
        if (!toReport && awaited == 0) {
            return true;
        }
        if (!driver.makeRoom()) {
            return false;
        }
        if (toReport) {
            driver.requests.nothing(userData(Kind.WATCH_REPORT));
            reporting = true;
        } else {
            driver.requests.poll(descriptor, mask(awaited), userData(Kind.WATCH));
            armed = awaited;
            cancelled = false;
        }
        return true;
    }

    private boolean submitCancel() throws IoException {
        if (!driver.makeRoom()) {
            return false;
        }
        driver.requests.cancel(userData(Kind.WATCH), userData(Kind.CANCEL));
        cancelled = true;
        return true;
    }

    private long userData(int kind) {
        return UserData.pack(generation, slot, kind);
    }

    @Override
    void complete(int kind, int result, int flags) {
        if (kind == Kind.WATCH_REPORT) {
            reporting = false;
            report();
            return;
        }
        armed = 0;
        cancelled = false;
        if (result >= 0) {
            if (awaited != 0) {
                tell(driver.watches.readiness(descriptor, mask(awaited)));
            }
        } else if (result != Code.CANCELLED && awaited != 0) {
            fail(result);
        }
        // What is awaited now, or the report of an end, goes with the next submission.
        driver.wanting.add(this);
    }

    /** If it was closed since, that is what the next request says. */
    private void tell(int revents) {
        int events = events(revents, awaited);
        if (closed || events == 0) {
            return;
        }
        driver.countCompletion();
        sink.onReady(events);
    }

    private void report() {
        if (closed) {
            driver.ports.remove(slot);
            driver.countCompletion();
            sink.onClosed();
            return;
        }
        int code = failure;
        if (code != Code.OK) {
            failure = Code.OK;
            awaited = 0;
            driver.countCompletion();
            sink.onFailed(code);
        }
    }

    /** Nobody is told when the descriptor is closed, and the request would wait for ever. */
    void look() {
        if (!closed && awaited != 0 && !driver.isOpen(descriptor)) {
            fail(Code.BAD_DESCRIPTOR);
        }
    }

    /** A failure or the other side's going is told as whatever is awaited; see WatchSink. */
    private static int events(int revents, int awaited) {
        int events =
                awaited
                        & (((revents & POLLIN) != 0 ? WatchEngine.READABLE : 0)
                                | ((revents & POLLOUT) != 0 ? WatchEngine.WRITABLE : 0)
                                | ((revents & POLLRDHUP) != 0 ? WatchEngine.HANGUP : 0)
                                | ((revents & POLLPRI) != 0 ? WatchEngine.PRIORITY : 0));
        if (awaited != 0 && (revents & (POLLERR | POLLHUP)) != 0) {
            events |= awaited & ~WatchEngine.PRIORITY;
            return events == 0 ? WatchEngine.HANGUP : events;
        }
        return events;
    }

    /**
     * A request for POLLPRI alone is never woken, since rings add that bit to requests of their own
     * and leave it out when they are woken. What comes out of band wakes with POLLRDBAND as well.
     */
    private static int mask(int events) {
        return ((events & WatchEngine.READABLE) != 0 ? POLLIN : 0)
                | ((events & WatchEngine.WRITABLE) != 0 ? POLLOUT : 0)
                | ((events & WatchEngine.HANGUP) != 0 ? POLLRDHUP : 0)
                | ((events & WatchEngine.PRIORITY) != 0 ? POLLPRI | POLLRDBAND : 0);
    }

    boolean isOf(int number) {
        return descriptor == number;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            awaited = 0;
            watches.remove(this);
            driver.wanting.add(this);
        }
    }

    @Override
    public int descriptor() {
        assert !closed;
        return descriptor;
    }

    @Override
    void completedTooLate(int kind, int result, int flags) {}

    /** It is not this one's to close. */
    @Override
    int leftOpen() {
        return NONE;
    }

    @Override
    public String toString() {
        return "watch of descriptor "
                + descriptor
                + ", slot "
                + slot
                + (closed ? ", closing" : "")
                + ": awaits "
                + awaited
                + ", has asked for "
                + armed
                + (failure == Code.OK ? "" : ", failed with " + Code.name(failure));
    }
}
