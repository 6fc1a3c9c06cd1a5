// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

/** Takes new connections, on the thread of the loop that the connection lives on. */
@FunctionalInterface
public interface ConnectionHandler<S extends ByteStream> {
    /** {@code connection} is the callee's from here on; if this throws, it is closed. */
    void onConnection(S connection);
}
