// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.internal.loop.Scarcity;
import io.millrace.spi.Log;
import io.millrace.spi.Spawner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A child's number, which nobody else can get until its status has been taken. That is done here
 * alone, once: the next child may have the same number.
 *
 * <p>Any thread. What takes long holds the lock, so that the number stays the child's meanwhile;
 * the loop's thread does not ask for the lock then.
 */
final class ChildNumber {
    private static final long WAITING_STACK_BYTES = 128 << 10;

    private final Spawner spawner;
    private final int number;

    /** Guarded by this. */
    private boolean isTaken;

    private final AtomicBoolean isLetGo = new AtomicBoolean();

    ChildNumber(Spawner spawner, int number) {
        this.spawner = spawner;
        this.number = number;
    }

    int number() {
        return number;
    }

    /** As {@link Spawner#reap}; {@link Spawner#RUNS} as well if it was taken here before. */
    synchronized long reap() throws IoException {
        if (isTaken) {
            return Spawner.RUNS;
        }
        try {
            long told = spawner.reap(number);
            isTaken = told != Spawner.RUNS;
            return told;
        } catch (IoException failure) {
            isTaken = true;
            throw failure;
        }
    }

    /** For who knows that nobody takes the status meanwhile. */
    int kill(int signal) {
        return spawner.kill(number, signal);
    }

    /** Signals it and what it has started: how many. Not on a loop's thread. */
    synchronized int killTree(int signal) {
        return isTaken ? 0 : new ProcessTree(spawner, number).kill(signal);
    }

    /** Has a thread wait for its end. */
    void await(Runnable then) {
        Runnable waiting =
                () -> {
                    awaitEnd();
                    then.run();
                };
        Thread thread =
                new Thread(null, waiting, "millrace-child-" + number, WAITING_STACK_BYTES, false);
        thread.setDaemon(true);
        thread.start();
    }

    /** Lack of memory must not be taken for its end, nor keep that from being told. */
    private void awaitEnd() {
        boolean hasEnded = false;
        while (!hasEnded) {
            try {
                spawner.awaitEnd(number);
                hasEnded = true;
            } catch (OutOfMemoryError lacking) {
                Scarcity.pause();
            }
        }
    }

    /** Has a thread take its status when it has ended, which nobody asks about. Does not throw. */
    void letGo() {
        if (!isLetGo.getAndSet(true)) {
            ChildReaper.OF_PROCESS.take(this);
        }
    }

    /** Whether there is nothing left to take. */
    synchronized boolean reapQuietly() {
        try {
            reap();
        } catch (IoException taken) {
            Log.CORE.report(
                    System.Logger.Level.DEBUG,
                    "somebody else has taken the status of process " + number,
                    taken);
        }
        return isTaken;
    }
}
