// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.Load;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.tls.Engines;
import io.millrace.benchmarks.tls.TlsKind;
import io.millrace.tls.TlsContext;
import java.io.IOException;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark in which a server that speaks TLS gets a load. TLS 1.3, AES with 128 bits. */
public abstract class TlsBenchmark extends WarmBenchmark {
    /** A kind of server; {@link Main} puts those in its place that can run here. */
    @Param("epoll-tls")
    public String tls = "";

    /** Whose engine the server has. The load has the JDK's. */
    @Param({Engines.JDK, Engines.CONSCRYPT})
    public String engine = "";

    private @Nullable RunningServer running;
    private @Nullable Load load;

    /** How a benchmark makes its load. */
    @FunctionalInterface
    interface LoadFactory<L extends Load> {
        L to(RunningServer server, TlsContext clients) throws IOException;
    }

    /**
     * Starts the server, and opens a load on it.
     *
     * @param resumes whether sessions are to be resumed
     */
    final <L extends Load> L open(boolean resumes, LoadFactory<L> factory) throws IOException {
        TlsContext servers = Engines.server(engine, resumes);
        RunningServer started = TlsKind.usable(tls).start(servers, resumes);
        running = started;
        L opened = factory.to(started, Engines.load());
        load = opened;
        return opened;
    }

    /** A client's, for a peer of a number, by which sessions are found. */
    static SSLEngine client(TlsContext clients, int number) {
        SSLEngine made = clients.sslContext().createSSLEngine("localhost", number);
        made.setUseClientMode(true);
        var parameters = made.getSSLParameters();
        parameters.setProtocols(clients.protocols().toArray(String[]::new));
        parameters.setCipherSuites(clients.cipherSuites().toArray(String[]::new));
        parameters.setApplicationProtocols(new String[] {"echo"});
        made.setSSLParameters(parameters);
        return made;
    }

    /** One invocation; after a failure there is nothing to measure any more. */
    static void run(Load load, long operations) throws IOException {
        ServerBenchmark.run(load, operations);
    }

    /** Only now it is known whether every byte has come. */
    @TearDown(Level.Trial)
    public final void finish() throws IOException {
        try (RunningServer ended = running;
                Load finished = load) {
            if (ended != null && finished != null) {
                finished.finish();
                ended.check();
            }
        } catch (IOException e) {
            throw Failure.of(e);
        }
    }
}
