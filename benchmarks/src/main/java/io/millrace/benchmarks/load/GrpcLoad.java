// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;

/**
 * Unary calls of gRPC, each connection a channel with one call under way: {@value #PATH} takes a
 * message of any bytes, and is to answer with the same.
 */
public final class GrpcLoad extends RequestLoad {
    /** The service; its method is {@link #METHOD}. */
    public static final String SERVICE = "millrace.Echo";

    public static final String METHOD = "Call";
    static final String PATH = "/" + SERVICE + "/" + METHOD;

    /** Connects, and makes the first calls. */
    public GrpcLoad(RunningServer server, int connections, int messageBytes) throws IOException {
        super(
                server,
                connections,
                1,
                (load, number) -> new GrpcConnection(load, number, messageBytes));
    }
}
