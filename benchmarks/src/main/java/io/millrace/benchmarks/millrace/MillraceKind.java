// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.millrace;

import io.millrace.BackendInfo;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.TcpStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A backend of Millrace, by whose name it goes. */
public final class MillraceKind implements ServerKind {
    /** The fact by which a backend says that it cannot watch every descriptor. */
    private static final String HIGHEST_DESCRIPTOR = "highest descriptor";

    /** Of a virtual machine's own: libraries, selectors, listeners. */
    private static final int OTHER_DESCRIPTORS = 100;

    private final BackendInfo backend;

    public MillraceKind(BackendInfo backend) {
        this.backend = backend;
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return "Millrace on its " + backend.name() + " backend, default options";
    }

    @Override
    public @Nullable String refusal() {
        return backend.usable() ? null : backend.reason();
    }

    @Override
    public int mostConnections() {
        String highest = backend.facts().get(HIGHEST_DESCRIPTOR);
        if (highest == null) {
            return Integer.MAX_VALUE;
        }
        return (Integer.parseInt(highest) - OTHER_DESCRIPTORS) / 2;
    }

    @Override
    public RunningServer start(Service service, Accepting accepting) throws IOException {
        return MillraceServer.start(backend.name(), Services.handler(service), accepting);
    }

    /** Starts one on one loop that serves its connections with this. */
    public RunningServer start(ConnectionHandler<? super TcpStream> handler) throws IOException {
        return MillraceServer.start(backend.name(), handler, Accepting.ONE_LOOP);
    }
}
