// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Work without use, so much of it that an operation costs a tenth more CPU time than without: a
 * server that does it must be told apart from one that does not, or the bench cannot tell. How much
 * that is, is found while the server warms up. It is a number of steps, not a time: where the
 * machine slows down, so do they.
 *
 * <p>A tenth of an operation's cost is not enough. A server that does more finds more that is ready
 * in each turn, and saves much of it in system calls. So what it adds is measured, by operations
 * with it and without it in turns.
 *
 * <p>One server of a process may have it, and one thread.
 */
public final class Handicap {
    /** What it adds to the cost of an operation. */
    public static final double PART = 0.10;

    /** Keeps the compiler from leaving the work out. */
    private static volatile long sink;

    private static volatile @Nullable Search search;

    /** Of the search, once that is over. */
    private static volatile int steps;

    private Handicap() {}

    /** A server of this process has it. */
    public static void want() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        search = new Search(threads::getCurrentThreadCpuTime);
    }

    /** The server is warm: from now on it stays as it is. */
    public static void settle() {
        Search ended = search;
        if (ended != null) {
            steps = ended.steps;
            search = null;
        }
    }

    /** Does it, once for an operation. */
    public static void work() {
        Search current = search;
        sink = run(current == null ? steps : current.next());
    }

    private static long run(int count) {
        long value = sink;
        for (int i = 0; i < count; i++) {
            value = value * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        }
        return value;
    }

    /** How many steps add a tenth: blocks of operations with as many as are thought right now. */
    static final class Search {
        /** Some tens of milliseconds: shorter ones do not come to rest between the two. */
        private static final int OPERATIONS_OF_A_BLOCK = 5000;

        private static final int FIRST_STEPS = 500;
        private static final int FEWEST_BLOCKS = 2;
        private static final int MOST_BLOCKS = 8;

        /** By no more than this at a time, in either direction: what was measured may be chance. */
        private static final double LARGEST_CHANGE = 3;

        /**
         * Once there are enough blocks, only half of what seems right, so that chance evens out.
         */
        private static final double LATER = 0.5;

        private final LongSupplier cpuNanos;
        private final double[] without = new double[MOST_BLOCKS];
        private final double[] with = new double[MOST_BLOCKS];
        private int wanted = FEWEST_BLOCKS;
        private int blocks;
        private boolean isWith;
        private int operations;
        private long begun;

        /** Read by who ends the search. */
        volatile int steps = FIRST_STEPS;

        Search(LongSupplier cpuNanos) {
            this.cpuNanos = cpuNanos;
        }

        /** How many the next operation has to do. */
        int next() {
            if (operations == 0) {
                begun = cpuNanos.getAsLong();
            } else if (operations == OPERATIONS_OF_A_BLOCK) {
                endBlock(cpuNanos.getAsLong());
            }
            operations++;
            return isWith ? steps : 0;
        }

        private void endBlock(long now) {
            (isWith ? with : without)[blocks] = now - begun;
            blocks += isWith ? 1 : 0;
            isWith = !isWith;
            begun = now;
            operations = 0;
            if (blocks == wanted) {
                correct();
            }
        }

        private void correct() {
            double added = median(with) / median(without) - 1;
            double factor = added > 0 ? PART / added : LARGEST_CHANGE;
            factor = Math.max(1 / LARGEST_CHANGE, Math.min(LARGEST_CHANGE, factor));
            if (wanted == MOST_BLOCKS) {
                factor = Math.pow(factor, LATER);
            }
            steps = Math.max(1, (int) Math.round(steps * factor));
            blocks = 0;
            wanted = Math.min(MOST_BLOCKS, 2 * wanted);
        }

        private double median(double[] costs) {
            double[] sorted = Arrays.copyOf(costs, blocks);
            Arrays.sort(sorted);
            return sorted[blocks / 2];
        }
    }
}
