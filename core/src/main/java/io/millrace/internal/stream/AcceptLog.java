// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.flight.Flight;
import io.millrace.internal.loop.TimerNode;
import io.millrace.internal.loop.TimerQueue;
import io.millrace.spi.Log;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the log says of a server that cannot accept: a line when that begins, one now and then while
 * it lasts, with how often it was tried in vain, and one when it is over. Out of descriptors a
 * server tries ten times a second, and a line for each would bury everything else.
 *
 * <p>Loop thread only. Times are the loop's.
 */
public final class AcceptLog extends TimerNode {
    /** How long trouble, of whatever kind, goes without another line. */
    static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** So long without a failure, although it is tried every tenth of that, and it is over. */
    static final long OVER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SocketServer<?> server;

    /** Whether there has been a line, and when the last one was that told of trouble. */
    private boolean told;

    private long toldAt;
    private long since;

    /** Failures that no line has told of. */
    private long untold;

    private long failures;
    private boolean toldThisTime;

    AcceptLog(SocketServer<?> server) {
        this.server = server;
    }

    void failed(IoException failure) {
        TimerQueue timers = server.loop().timers;
        long now = server.loop().clock.now();
        if (place == IDLE) {
            since = now;
            failures = 0;
            toldThisTime = false;
        }
        failures++;
        untold++;
        Flight.cannotAccept(server, failure);
        if (!told || now - toldAt >= PAUSE_NANOS) {
            tell(failure, now);
        }
        if (server.isOpen()) {
            timers.start(this, now + OVER_NANOS);
        }
    }

    private void tell(IoException failure, long now) {
        long others = untold - 1;
        told = true;
        toldAt = now;
        untold = 0;
        toldThisTime = true;
        say(
                System.Logger.Level.WARNING,
                others == 0
                        ? "cannot accept; connections wait, and it is tried again and again"
                        : "cannot accept; " + others + " more failures since this was last told",
                failure);
    }

    /** There was no failure for a while. Whoever was not told of the trouble is spared its end. */
    @Override
    public void expire() {
        if (!toldThisTime) {
            return;
        }
        long seconds =
                TimeUnit.NANOSECONDS.toSeconds(server.loop().clock.now() - since - OVER_NANOS);
        say(
                System.Logger.Level.INFO,
                "accepts again after " + failures + " failures in " + seconds + " s",
                null);
        untold = 0;
    }

    @Override
    public void failed(Throwable unexpected) {
        server.loop().guard.failed(server, unexpected);
    }

    private void say(System.Logger.Level level, String what, @Nullable Throwable cause) {
        Log.CORE.report(level, () -> server + " on " + server.localAddress() + " " + what, cause);
    }
}
