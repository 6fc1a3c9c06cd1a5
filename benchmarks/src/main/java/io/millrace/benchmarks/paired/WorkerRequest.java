// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import java.util.List;
import java.util.Map;

/**
 * What a worker is to run: one benchmark with one set of parameters.
 *
 * @param method the benchmark, with its class and package
 * @param parameters of JMH, the subject among them
 * @param warmups iterations that do not count, which come without a pause
 * @param warmupMillis the length of one; 0 for single shots
 * @param turns iterations that count
 * @param turnMillis the length of one; 0 for single shots
 * @param latencies whether its load measures the latency of operations
 * @param arguments what JMH is told beside that, as on its command line
 */
public record WorkerRequest(
        String method,
        Map<String, String> parameters,
        int warmups,
        long warmupMillis,
        int turns,
        long turnMillis,
        boolean latencies,
        List<String> arguments) {}
