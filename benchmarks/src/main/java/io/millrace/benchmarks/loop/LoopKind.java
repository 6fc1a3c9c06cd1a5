// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.loop;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A way to build event loops: a backend of Millrace, or a peer. Stateless. */
public interface LoopKind {
    /** As it is called in parameters and reports: as the servers built on it. */
    String name();

    /** Why it cannot run here, or null if it can. */
    @Nullable String refusal();

    /** Starts a loop on a thread of its own. */
    RunningLoop start() throws IOException;

    /** Opens a loop that the calling thread turns. */
    TurnableLoop open() throws IOException;
}
