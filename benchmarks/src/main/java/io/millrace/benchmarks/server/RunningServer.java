// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** A server that listens on the loopback interface of this machine. Any thread. */
public interface RunningServer extends AutoCloseable {
    InetSocketAddress address();

    /** Other processes that it consists of. */
    default List<Long> processes() {
        return List.of();
    }

    /** Fails if something has gone wrong that a client may not notice. */
    void check() throws IOException;

    /** Stops it, waits for its threads, and then fails as {@link #check} does. Idempotent. */
    @Override
    void close() throws IOException;
}
