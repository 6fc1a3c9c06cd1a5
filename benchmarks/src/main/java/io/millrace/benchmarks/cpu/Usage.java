// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

/**
 * Who used the CPUs in one window.
 *
 * @param nanos its length
 * @param server the scheduler's account of the server
 * @param load the same of the load
 * @param machine what the CPUs did altogether
 */
public record Usage(long nanos, CpuTime server, CpuTime load, MachineTime machine) {
    /** Shares of a CPU beyond which somebody else had a part in the figures. */
    public static final double MOST_FOREIGN = 0.10;

    public static final double MOST_STOLEN = 0.05;
    private static final double MOST_WAITING = 0.05;

    /** From here on it is the load whose rate was measured. */
    public static final double LOAD_IS_BUSY = 0.95;

    /** CPUs that the server kept busy. */
    public double serverCpus() {
        return share(server.runningNanos());
    }

    /** CPUs that the load kept busy. */
    public double loadCpus() {
        return share(load.runningNanos());
    }

    /** What others used of the CPUs: all that is neither the server's nor the load's. */
    public double foreignCpus() {
        return share(
                Math.max(0, machine.busyNanos() - server.runningNanos() - load.runningNanos()));
    }

    /** What the hypervisor took. */
    public double stolenCpus() {
        return share(machine.stolenNanos());
    }

    /** Whether somebody else had a part in it. */
    public boolean disturbed() {
        return foreignCpus() > MOST_FOREIGN
                || stolenCpus() > MOST_STOLEN
                || share(server.waitingNanos()) > MOST_WAITING
                || share(load.waitingNanos()) > MOST_WAITING;
    }

    /** How much, to choose the best of several attempts. */
    public double disturbance() {
        return foreignCpus()
                + stolenCpus()
                + share(server.waitingNanos())
                + share(load.waitingNanos());
    }

    private double share(long part) {
        return (double) part / nanos;
    }
}
