// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import java.net.InetSocketAddress;

/** A server that runs. Any thread. */
interface ExampleServer extends AutoCloseable {
    /** Where it listens, with the port that the system chose. */
    InetSocketAddress address();

    /** Stops serving, and waits for the threads to end. */
    @Override
    void close();
}
