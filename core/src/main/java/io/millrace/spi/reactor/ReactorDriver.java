// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.IoException;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.Driver;
import io.millrace.spi.FileCalls;
import io.millrace.spi.Gather;
import io.millrace.spi.IntrusiveQueue;
import io.millrace.spi.LoopContext;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.SystemServices;
import io.millrace.spi.WatchEngine;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns readiness into completions: the one driver of NIO, select, poll, epoll and kqueue, level-
 * and edge-triggered alike.
 *
 * <p>A poll has four steps: tell the poller what changed, hear who is ready, let each ready port do
 * a bounded amount, report what ended without the kernel. Readiness is queued, not acted upon,
 * while the poller reports it; so a socket closed by the callback of another is out of reach of
 * events already fetched, two events of one socket make one run, and reading comes before writing.
 * Bytes may have been fetched as well, and are dropped then: see {@link ReceiveBatch}.
 *
 * <p>Invariant: when a poll begins to wait, every port that could go on without the kernel's word
 * is on the ready or the ending list, and then it does not wait.
 */
public final class ReactorDriver implements Driver, Poller.Ready {
    /**
     * How many receives one stream gets in one poll. With chunks of 64 KiB that is a quarter of a
     * megabyte: the wait is well amortized, and no peer holds up the others for more than some 50
     * µs.
     */
    static final int RECEIVES_PER_POLL = 4;

    /** What they bring together: of larger chunks there are fewer. */
    static final int RECEIVED_BYTES_PER_POLL = 256 << 10;

    /**
     * How many receives all streams together get in one poll besides the first of each: with many
     * of them, a quarter of a megabyte for each would be a long turn.
     */
    static final int RECEIVES_AGAIN_PER_POLL = 64;

    final Poller poller;
    final ChunkPool chunks;
    final Gather gather;
    final boolean edgeTriggered;

    private final RawSockets sockets;
    private final ReactorStreams streams;
    private final @Nullable ReactorDatagrams datagrams;
    private final LoopContext context;

    /** Ports whose interest may differ from what the poller was told. */
    private final IntrusiveQueue<PortLink> changed = new IntrusiveQueue<>();

    /** Ports that can do something now. */
    private final IntrusiveQueue<PortLink> ready = new IntrusiveQueue<>();

    /** Ports that have a terminal to report whatever the kernel says. */
    private final IntrusiveQueue<PortLink> ending = new IntrusiveQueue<>();

    final ReactorWatches watches;

    final ReceiveBatch batch;

    /** How many receives one stream gets in one poll, of {@link #RECEIVES_PER_POLL} at most. */
    final int receivesPerPoll;

    /** How many are left in this poll for all that have had one. */
    private int receivesAgain;

    /**
     * How often to look whether the kernel has let go of memory of a port that the poller does not
     * tell of: one that is closed, or hung up. It is a matter of what a network device has queued.
     */
    private static final long LOOK_NANOS = 5_000_000;

    /** Such ports; few and not for long. */
    private List<ReactorPort> held = List.of();

    /** When that was done, or the first of them came. */
    private long lookedAt;

    private int completions;
    private int systemCalls;
    private boolean closed;

    public ReactorDriver(Poller poller, RawSockets sockets, ChunkPool chunks, LoopContext context) {
        this.poller = poller;
        this.sockets = sockets;
        streams = new ReactorStreams(this, sockets);
        watches = new ReactorWatches(this, sockets, context);
        RawDatagrams raw = sockets.datagrams();
        datagrams = raw == null ? null : new ReactorDatagrams(this, raw);
        this.chunks = chunks;
        this.context = context;
        batch = new ReceiveBatch(chunks, sockets.receiveRow(ReceiveBatch.STREAMS));
        Capabilities can = sockets.capabilities();
        gather = new Gather(can.maximumGather(), can.descriptors());
        edgeTriggered = poller.edgeTriggered();
        int fit = RECEIVED_BYTES_PER_POLL / chunks.chunkBytes();
        receivesPerPoll = Math.max(1, Math.min(fit, RECEIVES_PER_POLL));
    }

    @Override
    public Capabilities capabilities() {
        return sockets.capabilities();
    }

    @Override
    public @Nullable String whyUnsupported(PortOption option) {
        String why = sockets.whyUnsupported(option);
        return why == null && option == PortOption.ZERO_COPY_BYTES ? poller.whyNoNotices() : why;
    }

    @Override
    public FileCalls fileCalls() {
        return sockets.fileCalls();
    }

    @Override
    public int poll(long timeoutNanos) throws IoException {
        completions = 0;
        receivesAgain = RECEIVES_AGAIN_PER_POLL;
        tellInterest();
        watches.tellPoller();
        boolean nothingToDo = ready.isEmpty() && ending.isEmpty() && watches.isIdle();
        poller.select(nothingToDo ? untilNextLook(timeoutNanos) : 0, this);
        lookAtHeld();
        runReady();
        watches.run();
        reportEndings();
        watches.reportEndings();
        context.countSystemCalls(systemCalls);
        systemCalls = 0;
        return completions;
    }

    private long untilNextLook(long timeoutNanos) {
        boolean later = timeoutNanos < 0 || timeoutNanos > LOOK_NANOS;
        return later && !held.isEmpty() ? LOOK_NANOS : timeoutNanos;
    }

    private void lookAtHeld() {
        List<ReactorPort> all = held;
        if (all.isEmpty()) {
            return;
        }
        held = List.of();
        lookedAt = context.nanoTime();
        for (ReactorPort port : all) {
            try {
                if (port.looksAgain()) {
                    lookAgain(port);
                }
            } catch (RuntimeException | Error failure) {
                broke(port, failure);
                if (port.closed && port.isHeldByKernel()) {
                    lookAgain(port);
                }
            }
        }
    }

    /** Notes that the kernel has memory of a port's, of which the poller tells nothing. */
    void lookAgain(ReactorPort port) {
        if (held.isEmpty()) {
            held = new ArrayList<>();
            lookedAt = context.nanoTime();
        }
        held.add(port);
    }

    private void tellInterest() {
        PortLink link = changed.takeAll();
        while (link != null) {
            ReactorPort port = link.port();
            link = link.takeOff();
            if (!port.closed) {
                try {
                    port.tellInterest();
                } catch (RuntimeException | Error failure) {
                    broke(port, failure);
                }
            }
        }
    }

    @Override
    public void ready(Pollable pollable, int mask) {
        ReactorPort port = pollable.owner;
        if (port != null) {
            port.heard(mask);
            ready.add(port);
        }
    }

    @Override
    public void watched(RawWatch watch, int mask) {
        ReactorWatch port = watch.port;
        if (port != null) {
            port.hear(mask);
        }
    }

    @Override
    public void refused(Pollable pollable, int code) {
        if (pollable instanceof RawWatch watch && watch.port != null) {
            watch.port.refusedLate(code);
            return;
        }
        ReactorPort port = pollable.owner;
        if (port != null) {
            port.refusedLate(code);
        }
    }

    private void runReady() {
        PortLink link = ready.takeAll();
        while (link != null) {
            ReactorPort port = link.port();
            link = link.takeOff();
            port.runWithin(batch);
        }
        batch.run();
    }

    /** What failed in the middle of one port is the end of that port's operations alone. */
    void broke(ReactorPort port, Throwable failure) {
        boolean memory = failure instanceof OutOfMemoryError;
        port.broke(memory ? Code.NO_MEMORY : Code.IO_ERROR);
        failed(failure);
    }

    void failed(Throwable failure) {
        context.failed(failure);
    }

    private void reportEndings() throws IoException {
        PortLink link = ending.takeAll();
        while (link != null) {
            ReactorPort port = link.port();
            link = link.takeOff();
            if (port.closed) {
                poller.settle();
            }
            try {
                port.reportEndings();
            } catch (RuntimeException | Error failure) {
                broke(port, failure);
            }
        }
    }

    /** Notes that the poller may have to be told something before the next wait. */
    void interestChanged(ReactorPort port) {
        changed.add(port.interestLink);
    }

    /** Notes that a port can go on without hearing from the poller. */
    void attend(ReactorPort port) {
        ready.add(port);
    }

    /** Whether there is room in this poll for a receive of a stream that has had one. */
    boolean mayReceiveAgain() {
        return receivesAgain-- > 0;
    }

    /** Notes that a port has something to report that needs no readiness. */
    void end(ReactorPort port) {
        ending.add(port.endingLink);
    }

    void countCompletion() {
        completions++;
    }

    void countSystemCall() {
        systemCalls++;
    }

    @Override
    public void wakeup() {
        poller.wakeup();
    }

    @Override
    public StreamEngine streams() {
        return streams;
    }

    @Override
    public @Nullable WatchEngine watches() {
        return poller.watchable() == 0 ? null : watches;
    }

    @Override
    public @Nullable SystemServices system() {
        return sockets.system();
    }

    @Override
    public int descriptor() {
        return poller.descriptor();
    }

    @Override
    public long untilPollNanos() {
        boolean isDue =
                !changed.isEmpty() || !ready.isEmpty() || !ending.isEmpty() || watches.hasWork();
        if (isDue) {
            return 0;
        }
        return held.isEmpty() ? -1 : Math.max(0, lookedAt + LOOK_NANOS - context.nanoTime());
    }

    @Override
    public @Nullable DatagramEngine datagrams() {
        return datagrams;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            held.stream().filter(port -> port.closed).forEach(ReactorPort::giveUp);
            poller.close();
        }
    }

    /** For {@code describe()} of the loop, so from any thread and also when all this is closed. */
    @Override
    public String toString() {
        return poller
                + "; receive buffers: "
                + chunks
                + (held.isEmpty()
                        ? ""
                        : "; closed ports whose memory the kernel has: " + held.size())
                + (closed ? "; closed" : "");
    }
}
