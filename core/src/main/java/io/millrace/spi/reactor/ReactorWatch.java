// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import io.millrace.spi.IntrusiveQueue;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;

/**
 * A watch over readiness: passes on what the poller says, once a poll.
 *
 * <p>Told is what the poller knows of what is awaited; the two are brought together before each
 * wait. So an event that was fetched already, and is not awaited any more, is told to nobody.
 */
final class ReactorWatch implements WatchPort {
    final Link changed = new Link(this);
    final Link ready = new Link(this);
    final Link ending = new Link(this);

    private final ReactorWatches watches;
    private final RawWatch raw;
    private final WatchSink sink;
    private int awaited;
    private int told;
    private int heard;

    /** Why it cannot be watched, until that is reported. */
    private int failure = Code.OK;

    private boolean closed;

    ReactorWatch(ReactorWatches watches, RawWatch raw, WatchSink sink) {
        this.watches = watches;
        this.raw = raw;
        this.sink = sink;
        raw.port = this;
    }

    @Override
    public void await(int events) {
        assert !closed;
        awaited = events;
        if (events != told) {
            watches.changed.add(changed);
        }
    }

    /** Brings the poller up to date. */
    void tellPoller() {
        int wanted = failure == Code.OK ? awaited : 0;
        int before = told;
        if (closed || wanted == before) {
            return;
        }
        Poller poller = watches.poller;
        if (wanted == 0) {
            forget();
            return;
        }
        int result = before == 0 ? poller.add(raw, wanted) : poller.modify(raw, wanted);
        if (result < 0) {
            fail(result);
        } else {
            told = wanted;
        }
    }

    private void forget() {
        if (told != 0) {
            told = 0;
            watches.poller.remove(raw);
        }
    }

    void hear(int mask) {
        heard |= mask;
        watches.ready.add(ready);
    }

    /** The poller had accepted it, but the kernel did not, and does not watch it any more. */
    void refusedLate(int code) {
        told = 0;
        fail(code);
    }

    /** It is told once, with the ends of this poll or the next one. */
    void fail(int code) {
        if (failure == Code.OK && !closed) {
            failure = code;
            forget();
            watches.ending.add(ending);
        }
    }

    /**
     * Tells what was heard. Then it looks again, because the callback is where people close
     * descriptors, and most kernels keep that to themselves.
     */
    void run() {
        int mask = heard;
        heard = 0;
        if (closed || failure != Code.OK || awaited == 0) {
            return;
        }
        if ((mask & Poller.CLOSED) != 0) {
            fail(Code.BAD_DESCRIPTOR);
            return;
        }
        int events = events(mask, awaited);
        if (events != 0) {
            watches.countCompletion();
            sink.onReady(events);
            look();
        }
    }

    /** What to tell of a mask of {@link Poller}; see {@link WatchSink#onReady}. */
    static int events(int mask, int awaited) {
        int events = mask & awaited & WatchEngine.ALL;
        if ((mask & Poller.ERROR) != 0) {
            events |= awaited & (Poller.READ | Poller.WRITE | Poller.HANGUP);
            return events == 0 ? Poller.HANGUP : events;
        }
        return events;
    }

    /** Whether it is still what it was. */
    void look() {
        if (!closed && told != 0) {
            int code = watches.poller.look(raw, told);
            if (code < 0) {
                fail(code == Code.NO_SUCH_FILE ? Code.BAD_DESCRIPTOR : code);
            }
        }
    }

    boolean isOf(int descriptor) {
        return raw.descriptor() == descriptor;
    }

    void broke(int code) {
        fail(code);
    }

    void reportEndings() {
        if (closed) {
            watches.countCompletion();
            sink.onClosed();
            return;
        }
        int code = failure;
        if (code != Code.OK) {
            failure = Code.OK;
            awaited = 0;
            watches.countCompletion();
            sink.onFailed(code);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        forget();
        closed = true;
        raw.port = null;
        watches.poller.forget(raw);
        watches.remove(this);
        watches.ending.add(ending);
    }

    @Override
    public int descriptor() {
        assert !closed;
        return raw.descriptor();
    }

    @Override
    public String toString() {
        return "watch of descriptor "
                + raw.descriptor()
                + (closed ? ", closed" : "")
                + ": awaits "
                + Poller.names(awaited)
                + ", told "
                + Poller.names(told)
                + (failure == Code.OK ? "" : ", failed with " + Code.name(failure));
    }

    /** A watch's place on one list. */
    static final class Link extends IntrusiveQueue.Link<Link> {
        final ReactorWatch watch;

        Link(ReactorWatch watch) {
            this.watch = watch;
        }
    }
}
