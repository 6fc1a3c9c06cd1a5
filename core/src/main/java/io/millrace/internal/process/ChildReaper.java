// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.spi.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes the status of all children that nobody asks about any more, on one thread, which is there
 * as long as there are such children. It looks from time to time: nobody waits for it, and a thread
 * for each child would be one more thing that can be refused just when all is closed.
 */
final class ChildReaper {
    private static final long STACK_BYTES = 128 << 10;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    static final ChildReaper OF_PROCESS = new ChildReaper(Thread::start);

    /** Also the lock of all here. */
    private final List<ChildNumber> children = new ArrayList<>();

    private final Consumer<Thread> starter;
    private boolean isRunning;
    private long pauseNanos = FIRST_PAUSE_NANOS;

    /** With what starts a thread, or is refused one. */
    ChildReaper(Consumer<Thread> starter) {
        this.starter = starter;
    }

    /** Any thread. Where no thread can be had now the next child let go of asks for one again. */
    void take(ChildNumber child) {
        Throwable refusal = null;
        synchronized (children) {
            try {
                children.add(child);
                pauseNanos = FIRST_PAUSE_NANOS;
                if (isRunning) {
                    children.notifyAll();
                    return;
                }
                Thread thread =
                        new Thread(null, this::run, "millrace-children", STACK_BYTES, false);
                thread.setDaemon(true);
                starter.accept(thread);
                isRunning = true;
            } catch (RuntimeException | Error refused) {
                refusal = refused;
            }
        }
        if (refusal != null) {
            Log.CORE.report(
                    System.Logger.Level.WARNING,
                    "no thread to take the status of process "
                            + child.number()
                            + " when it ends; it stays a zombie until there is one",
                    refusal);
        }
    }

    private void run() {
        boolean more = true;
        while (more) {
            try {
                more = look();
            } catch (Throwable failure) {
                // Lack of memory, for one, must not be the end: nobody else takes them.
                Log.CORE.report(
                        System.Logger.Level.WARNING,
                        "cannot look which children have ended, and tries again",
                        failure);
                synchronized (children) {
                    pause();
                }
            }
        }
    }

    /** Takes what there is to take, and waits; false if nobody is left to wait for. */
    private boolean look() {
        List<ChildNumber> looked;
        synchronized (children) {
            looked = new ArrayList<>(children);
        }
        // Not under the lock: one whose tree is being signalled has to be waited for.
        looked.removeIf(each -> !each.reapQuietly());
        synchronized (children) {
            children.removeAll(looked);
            isRunning = !children.isEmpty();
            if (isRunning) {
                pause();
            }
            return isRunning;
        }
    }

    /** Under the lock. */
    private void pause() {
        try {
            TimeUnit.NANOSECONDS.timedWait(children, pauseNanos);
        } catch (InterruptedException nothingOfOurs) {
            // Nobody has a reason to interrupt it, and its children are still to be taken.
            Log.CORE.report(System.Logger.Level.DEBUG, "interrupted, and goes on", nothingOfOurs);
        }
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    }
}
