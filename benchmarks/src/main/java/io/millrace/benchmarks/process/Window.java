// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

/**
 * What was measured in one window.
 *
 * @param nanos its length
 * @param requests that were answered whole
 * @param server the scheduler's account of the server's processes
 * @param client the same of the load generator
 * @param machine what both their CPUs did, or all if nothing was pinned
 * @param p50Nanos latency: half of the requests took no longer
 * @param p99Nanos and 99 % of them
 * @param p999Nanos and 99.9 %
 */
record Window(
        long nanos,
        long requests,
        CpuTime server,
        CpuTime client,
        MachineTime machine,
        long p50Nanos,
        long p99Nanos,
        long p999Nanos) {
    /** Shares of a CPU beyond which somebody else had a part in the figures. */
    private static final double MOST_FOREIGN = 0.10;

    private static final double MOST_STOLEN = 0.05;
    private static final double MOST_WAITING = 0.05;

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    double cpuMicrosPerRequest() {
        return server.runningNanos() / NANOS_PER_MICRO / requests;
    }

    double requestsPerSecond() {
        return requests / (nanos / NANOS_PER_SECOND);
    }

    double serverCpus() {
        return share(server.runningNanos());
    }

    double clientCpus() {
        return share(client.runningNanos());
    }

    /** What others used of the CPUs: all that is neither the server's nor the load's. */
    double foreignCpus() {
        return share(
                Math.max(0, machine.busyNanos() - server.runningNanos() - client.runningNanos()));
    }

    double stolenCpus() {
        return share(machine.stolenNanos());
    }

    /** Whether somebody else had a part in it. */
    boolean disturbed() {
        return foreignCpus() > MOST_FOREIGN
                || stolenCpus() > MOST_STOLEN
                || share(server.waitingNanos()) > MOST_WAITING
                || share(client.waitingNanos()) > MOST_WAITING;
    }

    /** How much, to choose the best of several attempts. */
    double disturbance() {
        return foreignCpus()
                + stolenCpus()
                + share(server.waitingNanos())
                + share(client.waitingNanos());
    }

    private double share(long part) {
        return (double) part / nanos;
    }
}
