// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;

/** Echo: requests are messages, which are to come back as they were. */
public final class EchoLoad extends RequestLoad {
    /** Connects, and sends the first messages. */
    public EchoLoad(RunningServer server, int connections, int messageBytes, int inFlight)
            throws IOException {
        super(
                server,
                connections,
                inFlight,
                (load, number) -> new EchoConnection(load, number, messageBytes, inFlight));
    }
}
