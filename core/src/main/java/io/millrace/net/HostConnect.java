// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.internal.stream.HappyEyeballs;
import java.util.concurrent.CompletionStage;

/**
 * A connect to a host by name, under way: see {@link TcpStream#connect(io.millrace.EventLoop,
 * String, int, ConnectOptions)}.
 *
 * <p>A handle, so that it can be cancelled: {@link #close} ends the look-up and every attempt, and
 * then {@link #stream} is {@linkplain IoException#isCancelled cancelled}. Closes itself when it has
 * ended. The stream that it has brought about is the caller's, and is not closed with it. Loop
 * thread only. Active until it has ended.
 */
public sealed interface HostConnect extends Handle permits HappyEyeballs {
    /**
     * The connected stream, or an {@link IoException} that names the host and says of each address
     * why it could not be connected to, in its message and as {@linkplain Throwable#getSuppressed
     * suppressed} failures, in the order of the attempts. All streams but the one that is handed
     * out are closed by then.
     */
    CompletionStage<TcpStream> stream();
}
