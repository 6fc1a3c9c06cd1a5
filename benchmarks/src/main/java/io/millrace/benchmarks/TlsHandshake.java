// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.HandshakeLoad;
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

/**
 * Connections that live for a handshake and one byte. An operation is one connection.
 *
 * <p>The compilers begin earlier than they would, for all subjects alike: until code that runs once
 * in a connection is compiled by itself takes 15,000 of them.
 */
@Fork(
        value = 1,
        jvmArgsPrepend = {"-Xmx1g", "-XX:CompileThresholdScaling=0.2"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TlsHandshake extends TlsBenchmark {
    private static final int CONNECTIONS = 8;
    private static final int AT_ONCE = 8;

    /** Whether each begins anew, or resumes the session of one before it. */
    @Param({"full", "resumed"})
    public String handshake = "";

    private HandshakeLoad load;

    @Setup(Level.Trial)
    public void open() throws IOException {
        boolean resumes = handshake.equals("resumed");
        load =
                open(
                        resumes,
                        (server, clients) ->
                                new HandshakeLoad(
                                        server,
                                        number -> client(clients, number),
                                        AT_ONCE,
                                        resumes));
    }

    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public void connection() throws IOException {
        run(load, CONNECTIONS);
    }
}
