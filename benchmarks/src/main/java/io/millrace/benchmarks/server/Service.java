// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

/** What a server does with a connection. When its client has finished, it closes. */
public enum Service {
    /** Sends back what comes. */
    ECHO,
    /** Compares what comes with the payload, and says at the end how many bytes were right. */
    SINK,
    /** Sends the payload without end, as fast as it is read. */
    SOURCE,
    /** Closes at once. */
    CLOSE
}
