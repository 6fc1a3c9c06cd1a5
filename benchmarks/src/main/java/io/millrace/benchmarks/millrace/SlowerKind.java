// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.millrace;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Handicap;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A backend of Millrace whose echo has a {@link Handicap}, by which the bench checks itself. */
public final class SlowerKind implements ServerKind {
    /** What is appended to the name of the backend. */
    public static final String SUFFIX = "-slower";

    private final ServerKind backend;

    public SlowerKind(ServerKind backend) {
        this.backend = backend;
    }

    @Override
    public String name() {
        return backend.name() + SUFFIX;
    }

    @Override
    public String description() {
        return backend.description()
                + ", with useless work that costs a tenth more for each message";
    }

    @Override
    public @Nullable String refusal() {
        return backend.refusal();
    }

    @Override
    public int mostConnections() {
        return backend.mostConnections();
    }

    @Override
    public RunningServer start(Service service, Accepting accepting) throws IOException {
        if (service != Service.ECHO) {
            throw new IllegalArgumentException(name() + " can only echo");
        }
        Handicap.want();
        return MillraceServer.start(backend.name(), Services.slowerEcho(), accepting);
    }
}
