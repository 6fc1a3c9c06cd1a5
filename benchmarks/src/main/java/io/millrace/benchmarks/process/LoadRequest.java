// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.util.List;

/**
 * What the load generator is asked to do, as a line of JSON.
 *
 * @param port where the server listens
 * @param allocationPort where it tells what it has allocated, or 0
 * @param protocol what it is spoken to in
 * @param shape the load
 * @param warmUpSeconds before anything is counted
 * @param seconds the length of the window
 * @param serverProcesses whose CPU time is the server's
 * @param cpus of the server and of the load; empty if nothing is pinned
 */
record LoadRequest(
        int port,
        int allocationPort,
        Protocol protocol,
        Shape shape,
        double warmUpSeconds,
        double seconds,
        List<Long> serverProcesses,
        List<Integer> cpus) {}
