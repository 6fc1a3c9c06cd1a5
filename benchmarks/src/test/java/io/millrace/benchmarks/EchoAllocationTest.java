// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.benchmarks.load.EchoLoad;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.server.Service;
import io.millrace.testkit.AllocationMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An echoed message costs our server no allocation: what {@code -prof gc} shows, without JMH.
 *
 * <p>The server on {@code nio} and the client are left out. The JDK's epoll selector boxes the
 * number of every ready descriptor above 127, unless the compiler happens to remove that.
 */
class EchoAllocationTest {
    private static final int WARM_UP = 50_000;
    private static final int MESSAGES = 200_000;

    /** What other threads allocate is seen a thread's buffer late, so count many messages. */
    private static final double MOST_BYTES_PER_MESSAGE = 0.5;

    static List<String> backends() {
        return ServerKinds.backends().stream()
                .filter(kind -> kind.refusal() == null)
                .map(ServerKind::name)
                .filter(name -> !name.equals("nio"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void echoAllocatesNothing(String backend) throws Exception {
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count allocation");
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (RunningServer server =
                        ServerKinds.usable(backend).start(Service.ECHO, Accepting.ONE_LOOP);
                EchoLoad load = new EchoLoad(server, 8, 64, 4)) {
            List<AllocationMeter> meters = metersOfThreadsSince(before);
            assertTrue(!meters.isEmpty(), "the loop has a thread");
            load.run(WARM_UP);
            meters.forEach(AllocationMeter::restart);
            load.run(MESSAGES);
            long bytes = meters.stream().mapToLong(AllocationMeter::allocatedBytes).sum();
            load.finish();

            double perMessage = (double) bytes / MESSAGES;
            assertTrue(perMessage < MOST_BYTES_PER_MESSAGE, perMessage + " B per message");
        }
    }

    private static List<AllocationMeter> metersOfThreadsSince(Set<Thread> before) {
        List<AllocationMeter> meters = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(thread)) {
                meters.add(AllocationMeter.of(thread));
            }
        }
        return meters;
    }
}
