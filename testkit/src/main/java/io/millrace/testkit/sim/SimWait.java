// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * One loop's place in the world: what it waits for and until when.
 *
 * <p>Only {@link #wake} may be called from another thread.
 */
final class SimWait {
    private final SimWorld world;
    private final Agenda agenda = new Agenda();
    private final ProgressMeter meter = new ProgressMeter();
    private final AtomicBoolean woken = new AtomicBoolean();
    private BooleanSupplier ready = () -> false;
    private long deadlineNanos = Agenda.NEVER;
    private boolean waited;

    SimWait(SimWorld world) {
        this.world = world;
    }

    /** Says what, besides its own agenda and a wake-up, ends this loop's wait. */
    void endsWhen(BooleanSupplier ready) {
        this.ready = ready;
    }

    /** Completions that only this loop may deliver. */
    Agenda agenda() {
        return agenda;
    }

    ProgressMeter meter() {
        return meter;
    }

    void wake() {
        woken.set(true);
    }

    boolean isReady() {
        return woken.get() || agenda.isDue(world.elapsedNanos()) || ready.getAsBoolean();
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean waited() {
        return waited;
    }

    void forget() {
        waited = false;
    }

    /**
     * Waits as a driver does. Among stepped loops it only notes until when and returns, as if a
     * signal had come; the world moves the clock when all of them wait.
     */
    void await(long timeoutNanos) {
        meter.pollBegins();
        deadlineNanos = deadline(timeoutNanos);
        world.countPoll();
        if (timeoutNanos != 0 && !isReady() && world.elapsedNanos() < deadlineNanos) {
            meter.excuse();
            if (!world.strikes(Fault.EARLY_WAKE)) {
                sleep();
            }
        }
        if (woken.getAndSet(false)) {
            meter.progressed();
        }
    }

    private void sleep() {
        if (world.stepping()) {
            waited = true;
        } else {
            passTime();
        }
    }

    private void passTime() {
        while (!isReady() && world.elapsedNanos() < deadlineNanos) {
            if (!world.advance(deadlineNanos)) {
                throw world.deadlock();
            }
        }
    }

    private long deadline(long timeoutNanos) {
        long sum = world.elapsedNanos() + timeoutNanos;
        return timeoutNanos < 0 || sum < 0 ? Agenda.NEVER : sum;
    }

    void leave() {
        world.leave(this);
    }
}
