// SPDX-License-Identifier: Apache-2.0
/**
 * The boundary below the readiness engines: a poller, raw sockets, and the one class that turns
 * readiness into completions.
 *
 * <p>A {@link io.millrace.spi.reactor.Poller} knows who is ready, a {@link
 * io.millrace.spi.reactor.RawStream} makes one non-blocking call, a {@link
 * io.millrace.spi.reactor.ReceiveRow} those of several, and none of them has a policy. The reactor
 * driver, the only one for NIO, select, poll, epoll and kqueue, decides who is asked what, how
 * much, and in which order. So a backend of this family is four things: a poller, {@link
 * io.millrace.spi.reactor.RawSockets} (the libc ones serve all pollers of descriptors), where
 * direct buffers begin, and a provider that puts them together:
 *
 * <pre>{@code
 * new ReactorDriver(poller, sockets, new ChunkPool(config, addressOf, context), context)
 * }</pre>
 *
 * <p>What a poll does, and in which order:
 *
 * <ol>
 *   <li>{@code add}, {@code modify} and {@code remove} for the sockets whose interest changed since
 *       the last poll, at most one per socket. A refusal ends the operations of that socket.
 *   <li>{@code select}, without waiting if anything can go on already. Readiness is noted.
 *   <li>For each ready socket, in the order in which they became so: finish connecting, receive or
 *       accept within a budget, send. A few streams make their first receive together, before the
 *       sink of the first hears of it.
 *   <li>Terminals that need no readiness: stops, refusals, and closes, which {@code settle} comes
 *       before.
 * </ol>
 *
 * <p>Only a close reaches the kernel outside that order, at once: {@code remove} if the poller
 * knows the socket, then the socket's own {@code close}.
 *
 * <p>Ownership: a chunk belongs to the reactor while a receive fills it and is lent to the sink for
 * the length of one call; the memory given to {@code receiveInto} belongs to the reactor until its
 * terminal. An accepted connection belongs to the sink.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.spi.reactor;

import org.jspecify.annotations.NullMarked;
