// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Log;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawWatch;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;

/**
 * Readiness from a {@link Selector}, always level-triggered.
 *
 * <p>Three habits of selectors are dealt with here:
 *
 * <ul>
 *   <li>A thread whose interrupt flag is set cannot wait: every select returns at once. The flag is
 *       lowered for the wait and raised again after it, so a loop neither spins nor swallows the
 *       interrupt. An interrupt that arrives during the wait ends that wait.
 *   <li>A closed channel keeps its descriptor until the next select. {@link #settle} makes one.
 *   <li>A selector may return early for ever, for instance when the kernel reports something the
 *       JDK has no key for. After {@link #PREMATURE_RETURNS} in a row it is replaced.
 * </ul>
 */
final class NioPoller implements Poller {
    /**
     * How many waits in a row may end early and without any reason before the selector is replaced.
     * Rare early returns are allowed by the API and harmless; a defect shows thousands a second.
     */
    static final int PREMATURE_RETURNS = 512;

    private static final Log LOG = new Log(NioPoller.class.getName());

    private final LoopContext context;
    private final SelectorFactory factory;
    private final Consumer<SelectionKey> report = this::report;

    private final LossProbe lossProbe;

    /** Replaced by the loop thread, read by those who wake it. */
    private volatile Selector selector;

    /** Set by {@link #wakeup}, lowered when the next select begins. */
    private volatile boolean woken;

    /** Whether {@link #settle} has selected since the last wait, and may have used up a wakeup. */
    private boolean settled;

    private boolean channelsClosed;
    private int prematureReturns;
    private Ready to = (pollable, mask) -> {};

    NioPoller(LoopContext context, SelectorFactory factory) throws IOException {
        this.context = context;
        this.factory = factory;
        lossProbe = new LossProbe(Selector.open());
        try {
            selector = factory.open();
        } catch (IOException | RuntimeException | Error e) {
            lossProbe.close();
            throw e;
        }
    }

    /** For the sockets of the same loop; closed with this. */
    LossProbe lossProbe() {
        return lossProbe;
    }

    static NioPoller open(LoopContext context) throws IoException {
        try {
            return new NioPoller(context, Selector::open);
        } catch (IOException e) {
            throw failure("open selector", e);
        }
    }

    @Override
    public boolean edgeTriggered() {
        return false;
    }

    @Override
    public int add(Pollable pollable, int interest) {
        Registration registration = ((NioSocket) pollable).registration();
        int result = registration.set(this, selector, pollable, interest);
        if (result == Code.WOULD_BLOCK) {
            // An earlier watch of the channel has ended, and its key waits for a select.
            selectToForget();
            result = registration.set(this, selector, pollable, interest);
        }
        return result;
    }

    private void selectToForget() {
        try {
            settled = true;
            selector.selectNow(NioPoller::ignore);
            context.countSystemCalls(1);
        } catch (IOException e) {
            LOG.report(System.Logger.Level.WARNING, "a select before a registration failed", e);
        }
    }

    @Override
    public int watchable() {
        return READ | WRITE;
    }

    /**
     * A channel is told to its selector when it is closed; what it can do changes as it connects.
     */
    @Override
    public int look(RawWatch watch, int interest) {
        return ((NioWatch) watch).isOpen() ? add(watch, interest) : Code.BAD_DESCRIPTOR;
    }

    @Override
    public void forget(RawWatch watch) {
        ((NioWatch) watch).registration().cancel();
    }

    @Override
    public int modify(Pollable pollable, int interest) {
        return add(pollable, interest);
    }

    @Override
    public int remove(Pollable pollable) {
        return ((NioSocket) pollable).registration().clear();
    }

    @Override
    public int select(long timeoutNanos, Ready ready) throws IoException {
        to = ready;
        channelsClosed = false;
        try {
            int events = mayWait(timeoutNanos) ? await(timeoutNanos) : selector.selectNow(report);
            context.countSystemCalls(1);
            context.waitEnded(events);
            return events;
        } catch (IOException e) {
            throw failure("select", e);
        }
    }

    /** Lowers {@link #woken}; a wakeup that {@link #settle} may have used up is honoured here. */
    private boolean mayWait(long timeoutNanos) {
        boolean wakeupLost = false;
        if (woken) {
            woken = false;
            wakeupLost = settled;
        }
        settled = false;
        return timeoutNanos != 0 && !wakeupLost;
    }

    private int await(long timeoutNanos) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            context.waitBegins();
            return prematureReturns == 0 ? selectFor(timeoutNanos) : selectWatchfully(timeoutNanos);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int selectFor(long timeoutNanos) throws IOException {
        int events = selector.select(report, millisAtLeast(timeoutNanos));
        if (events == 0 && !wasDisturbed()) {
            prematureReturns = 1;
        }
        return events;
    }

    /** After a wait without events, to tell waits that ended in time from those that did not. */
    private int selectWatchfully(long timeoutNanos) throws IOException {
        long began = context.nanoTime();
        int events = selector.select(report, millisAtLeast(timeoutNanos));
        boolean inTime = timeoutNanos > 0 && context.nanoTime() - began >= timeoutNanos;
        if (events > 0 || inTime || wasDisturbed()) {
            prematureReturns = 0;
        } else if (++prematureReturns >= PREMATURE_RETURNS) {
            tryToReplaceSelector();
        }
        return events;
    }

    private boolean wasDisturbed() {
        return woken || Thread.currentThread().isInterrupted();
    }

    /** Selectors wait whole milliseconds, and for ever when told 0. */
    static long millisAtLeast(long nanos) {
        if (nanos < 0) {
            return 0;
        }
        return nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1);
    }

    private void report(SelectionKey key) {
        int operations = key.readyOps();
        int mask = 0;
        if ((operations & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
            mask |= READ;
        }
        if ((operations & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            mask |= WRITE;
        }
        if (key.attachment() instanceof RawWatch watch) {
            to.watched(watch, mask);
        } else {
            to.ready((Pollable) key.attachment(), mask);
        }
    }

    /** A loop that spins is better than one that ends because no descriptor is free just now. */
    private void tryToReplaceSelector() {
        try {
            replaceSelector();
        } catch (IOException e) {
            prematureReturns = 1;
            LOG.report(
                    System.Logger.Level.WARNING,
                    "the selector keeps returning early and no new one can be opened",
                    e);
        }
    }

    /**
     * Moves every channel to a new selector. Whoever woke the old one meanwhile is not forgotten.
     */
    void replaceSelector() throws IOException {
        Selector old = selector;
        Selector fresh = factory.open();
        int moved = 0;
        for (SelectionKey key : old.keys()) {
            if (key.isValid()) {
                ((NioSocket) key.attachment()).registration().moveTo(fresh, key);
                moved++;
            }
        }
        selector = fresh;
        old.close();
        fresh.wakeup();
        prematureReturns = 0;
        LOG.report(
                System.Logger.Level.WARNING,
                "the selector kept returning early; " + moved + " channels were moved to a new one",
                null);
    }

    /** Notes that a descriptor waits for the next select to be let go of. */
    void channelClosed() {
        channelsClosed = true;
    }

    @Override
    public void settle() throws IoException {
        if (!channelsClosed) {
            return;
        }
        channelsClosed = false;
        settled = true;
        try {
            selector.selectNow(NioPoller::ignore);
            context.countSystemCalls(1);
        } catch (IOException e) {
            throw failure("select", e);
        }
    }

    /** What is ready now stays so and is told again by the next select. */
    private static void ignore(SelectionKey key) {}

    @Override
    public void wakeup() {
        woken = true;
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            try {
                selector.close();
            } finally {
                lossProbe.close();
            }
        } catch (IOException e) {
            LOG.report(System.Logger.Level.WARNING, "closing the selector failed", e);
        }
    }

    private static IoException failure(String operation, IOException cause) {
        int code = NioErrors.codeOf(cause, Code.IO_ERROR);
        return IoException.of(code, operation, null, 0, cause);
    }

    /** Opens selectors, so that tests can play a defective one. */
    interface SelectorFactory {
        Selector open() throws IOException;
    }

    @Override
    public String toString() {
        Selector current = selector;
        return "selector, "
                + (current.isOpen() ? "channels: " + current.keys().size() : "closed")
                + (woken ? ", woken" : "");
    }
}
