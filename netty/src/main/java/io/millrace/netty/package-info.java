// SPDX-License-Identifier: Apache-2.0
/**
 * A transport for Netty 4.2 whose I/O is that of Millrace's backends.
 *
 * <p>An {@link io.millrace.netty.MillraceIoHandler} is what Netty's event loops wait in: one of
 * Millrace's drivers, polled by Netty's thread. There is no second event loop. Channels command the
 * driver's ports and hear from its sinks, inside the poll, so handlers run on the event loop's
 * thread as with any other transport. {@link io.millrace.netty.MillraceTransport} has an event loop
 * group and the classes of channels in one object.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.netty;

import org.jspecify.annotations.NullMarked;
