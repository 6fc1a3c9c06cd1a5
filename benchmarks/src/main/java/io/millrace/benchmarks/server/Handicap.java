// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;

/**
 * Work without use, a tenth of what an operation costs by itself: a server that does it must be
 * told apart from one that does not, or the bench cannot tell. How much that is, is learnt while
 * the server warms up. It is a number of steps, not a time: where the machine slows down, so do
 * they.
 *
 * <p>One server of a process may have it.
 */
public final class Handicap {
    /** Of the cost of an operation. */
    public static final double PART = 0.10;

    private static final int REMEMBERED = 3;
    private static final int TRIALS = 20;
    private static final int STEPS_OF_A_TRIAL = 200_000;

    private static final Deque<Double> COSTS = new ArrayDeque<>();

    private static volatile boolean wanted;
    private static volatile int steps;
    private static double nanosPerStep;

    /** Keeps the compiler from leaving the work out. */
    private static volatile long sink;

    private Handicap() {}

    /** A server of this process has it. */
    public static void want() {
        wanted = true;
    }

    /** An operation has cost so much CPU time, in nanoseconds. Called between iterations. */
    public static synchronized void learn(double nanosPerOperation) {
        if (!wanted) {
            return;
        }
        if (nanosPerStep == 0) {
            nanosPerStep = measureStep();
        }
        double plain = nanosPerOperation - steps * nanosPerStep;
        COSTS.addLast(plain);
        if (COSTS.size() > REMEMBERED) {
            COSTS.removeFirst();
        }
        double usual = COSTS.stream().sorted().skip(COSTS.size() / 2).findFirst().orElse(plain);
        steps = (int) Math.max(0, Math.round(PART * usual / nanosPerStep));
    }

    /** Does it, once for an operation. */
    public static void work() {
        sink = run(steps);
    }

    /** What it costs at present, in nanoseconds. */
    static synchronized double nanos() {
        return steps * nanosPerStep;
    }

    /** The best of many, for others can only make it slower. */
    private static double measureStep() {
        Deque<Double> trials = new ArrayDeque<>();
        for (int i = 0; i < TRIALS; i++) {
            long begun = System.nanoTime();
            sink = run(STEPS_OF_A_TRIAL);
            trials.add((double) (System.nanoTime() - begun) / STEPS_OF_A_TRIAL);
        }
        return Collections.min(trials);
    }

    private static long run(int count) {
        long value = sink;
        for (int i = 0; i < count; i++) {
            value = value * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        }
        return value;
    }
}
