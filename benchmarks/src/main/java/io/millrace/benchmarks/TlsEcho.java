// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.TlsEchoLoad;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** Messages over TLS that go to a server of one loop and come back. An operation is one message. */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TlsEcho extends TlsBenchmark {
    private static final int MESSAGES = 64;

    @Param({"1", "64", "512"})
    public int connections;

    @Param({"64", "4096", "65536"})
    public int bytes;

    private TlsEchoLoad load;
    private int opened;

    @Setup(Level.Trial)
    public void open() throws IOException {
        load =
                open(
                        false,
                        (server, clients) ->
                                new TlsEchoLoad(
                                        server,
                                        () -> client(clients, ++opened),
                                        connections,
                                        bytes));
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void roundTrip() throws IOException {
        run(load, MESSAGES);
    }
}
