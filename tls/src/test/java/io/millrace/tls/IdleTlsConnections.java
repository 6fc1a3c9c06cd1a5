// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import javax.net.ssl.SSLEngine;

/**
 * Says how many bytes of heap an end of a connection takes that has echoed something and is idle
 * since: one of TCP, and one of TLS over TCP, without the engine. A program of its own, whose
 * collector leaves nothing over.
 */
final class IdleTlsConnections {
    /** Load what has to be loaded, and fill what grows by doubling. */
    private static final int FIRST = 100;

    private static final int COUNTED = 400;

    /** An engine to weigh with, which is not weighed: as many as there are ends are made before. */
    private static final List<SSLEngine> ENGINES = new ArrayList<>();

    private IdleTlsConnections() {}

    public static void main(String[] arguments) throws IOException {
        for (int i = 0; i < 2 * (FIRST + COUNTED); i++) {
            ENGINES.add(new PlainEngine(i % 2 == 0, 1 << 14));
        }
        IntFunction<SSLEngine> engines = new Engines();
        EventLoop loop = EventLoop.open(LoopOptions.builder().backend(arguments[0]).build());
        try (PlainPairs pairs = new PlainPairs(loop)) {
            List<PlainPairs.Pair> kept = new ArrayList<>(4 * (FIRST + COUNTED));
            connect(pairs, kept, FIRST, engines);
            connect(pairs, kept, FIRST, null);
            long before = used();
            connect(pairs, kept, COUNTED, null);
            long between = used();
            connect(pairs, kept, COUNTED, engines);
            long after = used();
            System.out.println((between - before) / (2 * COUNTED));
            System.out.println((after - between) / (2 * COUNTED));
        }
    }

    /** Of those that are there, the next each time, whatever it is asked for. */
    private static final class Engines implements IntFunction<SSLEngine> {
        private int next;

        @Override
        public SSLEngine apply(int end) {
            return ENGINES.get(next++);
        }
    }

    private static void connect(
            PlainPairs pairs, List<PlainPairs.Pair> into, int count, IntFunction<SSLEngine> engines)
            throws IOException {
        for (int i = 0; i < count; i++) {
            PlainPairs.Pair pair =
                    engines == null ? pairs.connectPlainly() : pairs.connect(engines);
            into.add(pair);
            echo(pairs, pair);
        }
    }

    private static void echo(PlainPairs pairs, PlainPairs.Pair pair) throws IOException {
        pair.server().read(ByteStream::write);
        int[] answers = new int[1];
        pair.client().read((stream, chunk) -> answers[0]++);
        pair.client().write(new byte[1], 0, 1);
        while (answers[0] == 0) {
            pairs.loop.run(RunMode.ONCE);
        }
    }

    /** Nobody else allocates. */
    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
