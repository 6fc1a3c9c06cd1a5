// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.spi.BackendProvider;
import io.millrace.testkit.referee.Referee;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assertions;

/**
 * The loops of one test, turned by its thread: one loop that waits for events as in life, or two
 * that are turned alternately, or those of a simulated world in the world's order.
 *
 * <p>What callbacks throw is collected and fails the test, unless the test takes it.
 */
final class LoopRig implements AutoCloseable {
    /** Never a measure of speed: so much that only a hang takes longer. */
    static final long DEADLINE_NANOS = 30_000_000_000L;

    private static final long PAUSE_NANOS = 50_000;

    private final BackendPair backends;
    private final Referee referee = new Referee();
    private final List<Throwable> uncaught = new ArrayList<>();
    private final List<EventLoop> loops = new ArrayList<>();
    private final EventLoop clientLoop;
    private final EventLoop serverLoop;
    private boolean uncaughtAllowed;

    LoopRig(BackendPair backends, boolean refereed, UnaryOperator<LoopOptions.Builder> options)
            throws IOException {
        this.backends = backends;
        clientLoop = open(backends.client(), refereed, options);
        serverLoop = backends.isSingle() ? clientLoop : openOther(refereed, options);
    }

    /** Nobody gets to close a rig that was never made. */
    private EventLoop openOther(boolean refereed, UnaryOperator<LoopOptions.Builder> options)
            throws IOException {
        try {
            return open(backends.server(), refereed, options);
        } catch (Throwable failure) {
            clientLoop.closeAll();
            throw failure;
        }
    }

    /** One more loop on a backend of this test, turned along with the others. */
    EventLoop open(
            BackendUnderTest backend, boolean refereed, UnaryOperator<LoopOptions.Builder> options)
            throws IOException {
        BackendProvider provider = backend.provider();
        LoopOptions.Builder builder =
                LoopOptions.builder()
                        .provider(refereed ? referee.watch(provider) : provider)
                        .clock(backend.clock())
                        .uncaughtHandler((handle, failure) -> uncaught.add(failure));
        SimWorld world = backend.world();
        if (world != null) {
            builder.workExecutor(world.executor());
        }
        EventLoop loop = EventLoop.open(options.apply(builder).build());
        loops.add(loop);
        if (world != null) {
            world.add(() -> loop.run(RunMode.ONCE));
        }
        return loop;
    }

    EventLoop clientLoop() {
        return clientLoop;
    }

    EventLoop serverLoop() {
        return serverLoop;
    }

    Referee referee() {
        return referee;
    }

    /** From now on what callbacks throw is expected, until it is taken. */
    void allowUncaught() {
        uncaughtAllowed = true;
    }

    /** Takes what callbacks threw so far, so that it does not fail the test. */
    List<Throwable> takeUncaught() {
        List<Throwable> taken = List.copyOf(uncaught);
        uncaught.clear();
        uncaughtAllowed = false;
        return taken;
    }

    /** Turns the loops until the condition holds. */
    void until(String what, BooleanSupplier condition) throws IOException {
        SimWorld world = backends.world();
        if (world != null) {
            world.runUntil(what, condition);
        } else {
            untilForReal(what, condition);
        }
        assertNothingUncaught();
    }

    /** Turns the loops until none of them is alive. */
    void untilDone() throws IOException {
        until("no loop is alive", () -> loops.stream().noneMatch(EventLoop::isAlive));
    }

    private void untilForReal(String what, BooleanSupplier condition) throws IOException {
        try (Watchdog watchdog = Watchdog.over(loops, DEADLINE_NANOS)) {
            boolean alive = true;
            while (!condition.getAsBoolean()) {
                if (!alive) {
                    Assertions.fail(problem("nothing is left to do, but never", what));
                }
                alive = loops.size() == 1 ? loops.get(0).run(RunMode.ONCE) : turnEach();
                if (watchdog.hasBarked()) {
                    Assertions.fail(problem("not in time", what));
                }
            }
        }
    }

    /** One turn of each; between rounds without events the processor is left to others. */
    private boolean turnEach() throws IOException {
        long before = events();
        boolean alive = false;
        for (EventLoop loop : loops) {
            alive |= loop.run(RunMode.NOWAIT);
        }
        if (events() == before) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return alive;
    }

    private long events() {
        return loops.stream().mapToLong(loop -> loop.metrics().events()).sum();
    }

    private String problem(String problem, String what) {
        return problem + ": " + what + " [" + backends + "], uncaught " + uncaught;
    }

    private void assertNothingUncaught() {
        if (!uncaughtAllowed && !uncaught.isEmpty()) {
            AssertionError failure = new AssertionError("a callback threw [" + backends + "]");
            uncaught.forEach(failure::addSuppressed);
            uncaught.clear();
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        for (EventLoop loop : loops) {
            try (Watchdog watchdog = Watchdog.over(List.of(loop), DEADLINE_NANOS)) {
                loop.closeAll();
                Assertions.assertFalse(
                        watchdog.hasBarked(), () -> problem("not closed", "" + loop));
            }
        }
        assertNothingUncaught();
        referee.assertSettled();
        SimWorld world = backends.world();
        if (world != null) {
            Assertions.assertEquals(0, world.openSockets(), "sockets left open");
        }
    }
}
