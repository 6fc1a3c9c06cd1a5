// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A way to build servers: a backend of Millrace, or a peer. Stateless. */
public interface ServerKind {
    /** As it is called in parameters and reports. */
    String name();

    /** What it is and how it is set up, in a few words. */
    String description();

    /** Why it cannot run here, or null if it can. */
    @Nullable String refusal();

    /** How many connections it can serve when their clients live in the same process. */
    int mostConnections();

    /** Starts one, on a port of the system's choice. */
    RunningServer start(Service service, Accepting accepting) throws IOException;
}
