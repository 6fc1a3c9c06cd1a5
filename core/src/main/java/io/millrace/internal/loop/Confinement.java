// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/**
 * Which thread a loop belongs to.
 *
 * <p>At first the one that opened it, so that handles can be made before it runs; then, for good,
 * the first one that runs it. The hand-over needs what every hand-over between threads needs, such
 * as {@link Thread#start}.
 */
final class Confinement {
    private volatile Thread owner = Thread.currentThread();
    private boolean hasRun;
    private boolean running;
    private boolean inherited;

    boolean isHere() {
        return Thread.currentThread() == owner;
    }

    void check(String method) {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    method
                            + " was called on thread "
                            + Thread.currentThread().getName()
                            + ", but the loop belongs to "
                            + owner.getName()
                            + "; use loop.execute(() -> ...) to do it there");
        }
    }

    synchronized void enterRun() {
        if (running) {
            throw new IllegalStateException(
                    isHere()
                            ? "run was called from inside a callback of the running loop"
                            : "the loop is already run by thread " + owner.getName());
        }
        if (hasRun) {
            check("run");
        }
        owner = Thread.currentThread();
        hasRun = true;
        running = true;
    }

    synchronized void leaveRun() {
        running = false;
    }

    /** Lets the caller clean up after a thread that has ended. */
    synchronized void inherit() {
        if (!running && !owner.isAlive()) {
            owner = Thread.currentThread();
            inherited = true;
        }
    }

    /** Whether the owner was another thread, which has ended: some engines serve no second one. */
    synchronized boolean isInherited() {
        return inherited;
    }

    synchronized boolean isRunning() {
        return running;
    }

    synchronized Thread owner() {
        return owner;
    }

    /** For messages. */
    @Nullable String ownerName() {
        return owner.getName();
    }
}
