// SPDX-License-Identifier: Apache-2.0
/**
 * The boundary between the loop and an engine: completions, per handle, in primitives.
 *
 * <p>Everything a user can observe is written once, above this boundary. A <em>driver</em> is one
 * loop's open connection to a kernel interface. It has an <em>engine</em> for each kind of things
 * that it can make. For each handle that gives out a <em>port</em>, where commands go in, and calls
 * a <em>sink</em>, where completions come out. A handle has at most one operation of each kind in
 * flight, so an operation needs no object: its identity is (handle, kind). Accepting and receiving
 * go on until they end, which is what a multishot request of io_uring does and what readiness gives
 * as well.
 *
 * <p>A driver promises:
 *
 * <ol>
 *   <li>Sinks are called only inside {@link io.millrace.spi.Driver#poll}; a port method never calls
 *       a sink, except the data-only {@code gather}.
 *   <li>Every started operation has exactly one terminal. Cancelling only hastens it; a cancelled
 *       send may still report bytes.
 *   <li>{@code onClosed} is last, after all terminals; the descriptor is closed before it.
 *   <li>Commands on a closed port, and questions to it, are programming errors, except {@code
 *       close}, which is idempotent.
 *   <li>After {@code stopReceive}, {@code onReceive} may still come until the terminal.
 *   <li>{@code onReceive} has bytes. End of stream is a terminal, never an empty chunk.
 *   <li>A driver goes on by itself when the kernel ends a multishot request for reasons of its own;
 *       a sink only hears of the reasons that are listed with its methods.
 *   <li>{@code NO_CHUNKS} is a terminal, not an error: the loop starts again when chunks come back
 *       ({@link io.millrace.spi.LoopContext#chunksReturned}), never at once.
 *   <li>Work is bounded per handle and per poll, and fair; a budget that cuts it never loses
 *       readiness.
 *   <li>With nothing ready it does not spin, and {@code poll(0)} costs at most one system call.
 *   <li>An event never reaches a successor of its handle: generations, or terminals before reuse,
 *       never bare descriptor numbers.
 *   <li>Nothing is allocated by poll, startReceive, stopReceive, send, onReceive and onSent.
 * </ol>
 *
 * <p>Datagrams are like streams, from a {@link io.millrace.spi.DatagramEngine} if the driver has
 * one: a receive goes on until it ends, a send takes some of what is offered. But an error that
 * ends a receive says nothing about the next, and one of a send concerns a single datagram.
 *
 * <p>Files are different: many operations of a kind are in flight on one, so each is an object, a
 * {@link io.millrace.spi.FileRequest}. A driver that has a native way with them gives out a {@link
 * io.millrace.spi.FileEngine}, for which lines 1, 2 and 12 hold likewise; for all others core uses
 * threads.
 *
 * <p>A sink promises in return: it may call any command of any port from inside any of its methods,
 * including {@code close} of its own port, and it throws nothing.
 *
 * <p>Results are ints: bytes, 0, or a negative {@link io.millrace.spi.Code}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.spi;

import org.jspecify.annotations.NullMarked;
