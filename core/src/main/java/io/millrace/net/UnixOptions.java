// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.internal.stream.SocketStreamOptions;

/**
 * The socket options of one {@link UnixStream}, see unix(7) and socket(7): what holds of {@link
 * TcpOptions} holds of these.
 */
public sealed interface UnixOptions permits SocketStreamOptions {
    /** SO_RCVBUF in bytes; on Linux it changes nothing, the sender's buffer is what counts. */
    UnixOptions receiveBufferSize(int bytes);

    int receiveBufferSize();

    /** SO_SNDBUF in bytes: how much may be on its way to the peer. Linux doubles it. */
    UnixOptions sendBufferSize(int bytes);

    int sendBufferSize();

    /** Sets any other option by number: {@link TcpOptions#option(int, int, int)}. */
    UnixOptions option(int level, int name, int value);

    /** The value of such an option; on {@code nio} {@code EOPNOTSUPP}. */
    int option(int level, int name);
}
