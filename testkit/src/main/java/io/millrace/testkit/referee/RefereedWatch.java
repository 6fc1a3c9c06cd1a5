// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import org.jspecify.annotations.Nullable;

/**
 * A watch from both sides: nothing that is not awaited, once a poll, one failure, onClosed last.
 */
final class RefereedWatch implements WatchPort, WatchSink {
    private final RefereedDriver driver;
    private final WatchSink sink;
    private @Nullable WatchPort port;
    private int awaited;
    private int toldInPoll = -1;
    private boolean closing;
    private boolean closed;

    RefereedWatch(RefereedDriver driver, WatchSink sink) {
        this.driver = driver;
        this.sink = sink;
    }

    void attach(WatchPort behind) {
        port = behind;
    }

    boolean isSettled() {
        return closed;
    }

    private WatchPort behind() {
        if (port == null) {
            throw driver.foul("a watch was called before it was handed out");
        }
        return port;
    }

    @Override
    public void await(int events) {
        if (closing) {
            throw driver.foul("await after close");
        }
        awaited = events;
        behind().await(events);
    }

    @Override
    public int descriptor() {
        return behind().descriptor();
    }

    @Override
    public void close() {
        closing = true;
        behind().close();
    }

    @Override
    public void onReady(int events) {
        driver.enterSink(this + ".onReady");
        boolean unasked = events == WatchEngine.HANGUP;
        boolean wanted = events != 0 && (unasked || (events & ~awaited) == 0);
        if (closing || awaited == 0 || !wanted) {
            throw driver.foul(this + " told of " + events);
        }
        if (toldInPoll == driver.polls()) {
            throw driver.foul(this + " told twice in one poll");
        }
        toldInPoll = driver.polls();
        sink.onReady(events);
        driver.leaveSink();
    }

    @Override
    public void onFailed(int code) {
        driver.enterSink(this + ".onFailed");
        if (closing || code >= 0) {
            throw driver.foul(this + " failed with " + code);
        }
        awaited = 0;
        sink.onFailed(code);
        driver.leaveSink();
    }

    @Override
    public void onClosed() {
        driver.enterSink(this + ".onClosed");
        if (!closing || closed) {
            throw driver.foul(this + " closed without close, or twice");
        }
        closed = true;
        sink.onClosed();
        driver.leaveSink();
    }

    @Override
    public String toString() {
        return "watch[awaits " + awaited + (closed ? ", closed" : closing ? ", closing" : "") + "]";
    }
}
