// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.IntrusiveQueue;
import io.millrace.spi.LoopContext;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The reactor's watches, apart from its ports: they do nothing but pass on readiness.
 *
 * <p>A descriptor may be closed by its owner while it is watched. select(2) and poll(2) say so;
 * other kernel interfaces forget it in silence, and then its number may be somebody else's. So a
 * few watches are looked at every few milliseconds, as long as the loop turns anyway, and each
 * after its own callback; and when a socket of this loop gets a number that is watched, the watch
 * is over before the poller hears of that socket.
 */
final class ReactorWatches implements WatchEngine {
    /** Long enough that the looks cost nothing to speak of. */
    private static final long LOOK_NANOS = 10_000_000;

    /** How many are looked at then; the others have their turn later. */
    private static final int LOOKS = 8;

    final Poller poller;
    final IntrusiveQueue<ReactorWatch.Link> changed = new IntrusiveQueue<>();
    final IntrusiveQueue<ReactorWatch.Link> ready = new IntrusiveQueue<>();
    final IntrusiveQueue<ReactorWatch.Link> ending = new IntrusiveQueue<>();

    private final ReactorDriver driver;
    private final RawSockets sockets;
    private final LoopContext context;
    private final List<ReactorWatch> open = new ArrayList<>();
    private int nextLook;
    private long lookedAt;

    ReactorWatches(ReactorDriver driver, RawSockets sockets, LoopContext context) {
        this.driver = driver;
        this.sockets = sockets;
        this.context = context;
        poller = driver.poller;
    }

    @Override
    public int events() {
        return poller.watchable();
    }

    @Override
    public WatchPort watch(int descriptor, WatchSink sink) throws IoException {
        return opened(sockets.watch(descriptor), sink);
    }

    @Override
    public WatchPort watch(SelectableChannel channel, WatchSink sink) throws IoException {
        return opened(sockets.watch(channel), sink);
    }

    private ReactorWatch opened(RawWatch raw, WatchSink sink) {
        ReactorWatch watch = new ReactorWatch(this, raw, sink);
        open.add(watch);
        return watch;
    }

    void remove(ReactorWatch watch) {
        open.remove(watch);
    }

    /** A socket of this loop has this number now, so nobody else's can. */
    void numberIsGiven(int descriptor) {
        if (!open.isEmpty() && descriptor >= 0) {
            for (ReactorWatch each : open) {
                if (each.isOf(descriptor)) {
                    each.fail(Code.BAD_DESCRIPTOR);
                }
            }
        }
    }

    /** Whether there is nothing to do without the poller's word. */
    boolean isIdle() {
        return ending.isEmpty();
    }

    /** Whether a poll would have something to tell the poller, or somebody else. */
    boolean hasWork() {
        return !changed.isEmpty() || !ready.isEmpty() || !ending.isEmpty();
    }

    void tellPoller() {
        ReactorWatch.Link link = changed.takeAll();
        while (link != null) {
            ReactorWatch watch = link.watch;
            link = link.takeOff();
            try {
                watch.tellPoller();
            } catch (RuntimeException | Error failure) {
                broke(watch, failure);
            }
        }
    }

    void run() {
        lookAtSome();
        ReactorWatch.Link link = ready.takeAll();
        while (link != null) {
            ReactorWatch watch = link.watch;
            link = link.takeOff();
            try {
                watch.run();
            } catch (RuntimeException | Error failure) {
                broke(watch, failure);
            }
        }
    }

    private void lookAtSome() {
        if (open.isEmpty()) {
            return;
        }
        long now = context.nanoTime();
        if (now - lookedAt < LOOK_NANOS) {
            return;
        }
        lookedAt = now;
        for (int left = Math.min(LOOKS, open.size()); left > 0; left--) {
            nextLook = nextLook < open.size() ? nextLook : 0;
            open.get(nextLook++).look();
        }
    }

    void reportEndings() throws IoException {
        ReactorWatch.Link link = ending.takeAll();
        while (link != null) {
            ReactorWatch watch = link.watch;
            link = link.takeOff();
            if (watch.isClosed()) {
                poller.settle();
            }
            try {
                watch.reportEndings();
            } catch (RuntimeException | Error failure) {
                broke(watch, failure);
            }
        }
    }

    private void broke(ReactorWatch watch, Throwable failure) {
        watch.broke(failure instanceof OutOfMemoryError ? Code.NO_MEMORY : Code.IO_ERROR);
        driver.failed(failure);
    }

    void countCompletion() {
        driver.countCompletion();
    }
}
