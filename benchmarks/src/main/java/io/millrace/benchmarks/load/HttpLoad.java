// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;

/**
 * HTTP/1.1: a request is {@code GET /N}, to be answered with status 200, a {@code Content-Length}
 * of N and the first N bytes of the {@link Payload}. Connections are kept alive; several requests
 * under way on one are a pipeline.
 */
public final class HttpLoad extends RequestLoad {
    /** Connects, and sends the first requests. */
    public HttpLoad(RunningServer server, int connections, int bodyBytes, int inFlight)
            throws IOException {
        super(
                server,
                connections,
                inFlight,
                (load, number) -> new HttpConnection(load, number, bodyBytes, inFlight));
    }
}
