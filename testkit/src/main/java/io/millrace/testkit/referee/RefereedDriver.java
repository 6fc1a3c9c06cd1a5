// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.IoException;
import io.millrace.spi.Capabilities;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.Driver;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileEngine;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.SystemServices;
import io.millrace.spi.WatchEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A driver under watch: sinks only inside poll, on its thread, after the wait, never nested. */
final class RefereedDriver implements Driver {
    private final Referee referee;
    private final Driver driver;
    private final RefereedContext context;
    private final List<RefereedPort<?>> ports = new ArrayList<>();
    private final Set<PoolChunk> chunks = Referee.identitySet();
    private final RefereedStreams streams;
    private final @Nullable RefereedFiles files;
    private final @Nullable RefereedWatches watches;
    private final @Nullable RefereedDatagrams datagrams;
    private @Nullable Thread polling;
    private boolean inSink;
    private int sinkCalls;
    private int polls;
    private boolean closed;

    /** Whether a wait has failed, so that the loop may let go of what has not ended. */
    private boolean failed;

    RefereedDriver(Referee referee, Driver driver, RefereedContext context) {
        this.referee = referee;
        this.driver = driver;
        this.context = context;
        streams = new RefereedStreams(this, driver.streams());
        FileEngine engine = driver.files();
        files = engine == null ? null : new RefereedFiles(this, engine);
        WatchEngine watching = driver.watches();
        watches = watching == null ? null : new RefereedWatches(this, watching);
        DatagramEngine sockets = driver.datagrams();
        datagrams = sockets == null ? null : new RefereedDatagrams(this, sockets);
    }

    @Override
    public Capabilities capabilities() {
        return driver.capabilities();
    }

    @Override
    public @Nullable String whyUnsupported(PortOption option) {
        return driver.whyUnsupported(option);
    }

    @Override
    public int poll(long timeoutNanos) throws IoException {
        if (polling != null || closed) {
            throw foul(closed ? "poll of a closed driver" : "poll inside poll");
        }
        polling = Thread.currentThread();
        polls++;
        sinkCalls = 0;
        context.pollBegins();
        try {
            int reported = driver.poll(timeoutNanos);
            if (reported < 0 || (reported == 0) != (sinkCalls == 0)) {
                throw foul("poll answered " + reported + " after " + sinkCalls + " sink calls");
            }
            return reported;
        } catch (IoException failure) {
            failed = true;
            throw failure;
        } finally {
            polling = null;
        }
    }

    @Override
    public void wakeup() {
        driver.wakeup();
    }

    @Override
    public StreamEngine streams() {
        return streams;
    }

    @Override
    public @Nullable DatagramEngine datagrams() {
        return datagrams;
    }

    @Override
    public @Nullable FileEngine files() {
        return files;
    }

    /**
     * Not under watch: they run on any thread, and the files that they get are those that an engine
     * has opened.
     */
    @Override
    public FileCalls fileCalls() {
        return driver.fileCalls();
    }

    @Override
    public @Nullable WatchEngine watches() {
        return watches;
    }

    @Override
    public @Nullable SystemServices system() {
        return driver.system();
    }

    @Override
    public int descriptor() throws IoException {
        return driver.descriptor();
    }

    @Override
    public long untilPollNanos() {
        return driver.untilPollNanos();
    }

    /** How many polls there have been. */
    int polls() {
        return polls;
    }

    @Override
    public void close() {
        ports.removeIf(each -> failed ? each.isClosing() : each.isSettled());
        if (!closed && !ports.isEmpty()) {
            throw foul("driver closed while " + ports.get(0) + " is open");
        }
        List<String> unended = new ArrayList<>();
        addFileDebtsTo(unended);
        if (!closed && !failed && !unended.isEmpty()) {
            throw foul("driver closed while " + unended.get(0));
        }
        closed = true;
        driver.close();
    }

    void countSend() {
        referee.countSend();
    }

    FoulError foul(String message) {
        return referee.foul(message);
    }

    /** A sink is about to be called. */
    void enterSink(String what) {
        if (polling != Thread.currentThread()) {
            throw foul(what + " was called outside of poll");
        }
        if (!context.hasWaited()) {
            throw foul(what + " was called before the wait ended");
        }
        if (inSink) {
            throw foul(what + " was called inside another sink method");
        }
        inSink = true;
        sinkCalls++;
    }

    void leaveSink() {
        inSink = false;
    }

    boolean isPolling() {
        return polling == Thread.currentThread() && !inSink;
    }

    void saw(PoolChunk chunk) {
        chunks.add(chunk);
    }

    void addDebtsTo(List<String> debts) {
        for (RefereedPort<?> port : ports) {
            if (!port.isSettled()) {
                debts.add(port.toString());
            }
        }
        addFileDebtsTo(debts);
        if (watches != null) {
            watches.addDebtsTo(debts);
        }
        for (PoolChunk chunk : chunks) {
            if (chunk.owners() != 0) {
                debts.add(chunk + " still has " + chunk.owners() + " owners");
            }
        }
    }

    private void addFileDebtsTo(List<String> debts) {
        if (files != null) {
            files.addDebtsTo(debts);
        }
    }

    /** Watches over a port until it has settled its debts. */
    void register(RefereedPort<?> port) {
        ports.removeIf(each -> each.isSettled());
        ports.add(port);
    }

    @Override
    public String toString() {
        return driver.toString();
    }
}
