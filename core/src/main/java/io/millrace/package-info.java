// SPDX-License-Identifier: Apache-2.0
/**
 * The public API: an event loop and its handles.
 *
 * <p>A loop runs on one thread, waits for events of the handles that were opened on it, and calls
 * back. This one sends back what it receives:
 *
 * <pre>{@code
 * EventLoop loop = EventLoop.open();
 * TcpServer.listen(loop, new InetSocketAddress("127.0.0.1", 7000), connection -> {
 *     connection.onWritable(connection::resumeReading);
 *     connection.read((stream, chunk) -> {
 *         if (!stream.write(chunk)) {
 *             stream.pauseReading();
 *         }
 *     });
 * });
 * loop.run();
 * }</pre>
 *
 * <ul>
 *   <li>{@link io.millrace.EventLoop}: one thread's loop; {@link io.millrace.EventLoopGroup}:
 *       several, on threads of their own.
 *   <li>{@link io.millrace.Handle}: what a loop takes care of. {@link io.millrace.net.TcpServer}
 *       and {@link io.millrace.net.TcpStream}; {@link io.millrace.Timer}; {@link
 *       io.millrace.Wakeup} for other threads; {@link io.millrace.Idle}, {@link
 *       io.millrace.Prepare} and {@link io.millrace.Check} for every turn; {@link
 *       io.millrace.DescriptorWatch} for descriptors of others.
 *   <li>{@link io.millrace.file.AsyncFile}: a file that is read and written without blocking the
 *       loop.
 *   <li>{@link io.millrace.Work}: what blocks or computes, away from the loop.
 *   <li>{@link io.millrace.Chunk}: received bytes, on loan until the callback returns.
 *   <li>{@link io.millrace.Backends}: which kernel interface a loop runs on, and why.
 * </ul>
 *
 * <p>What holds on every backend is written down in full, with the tests that hold it, in the
 * project's {@code docs/semantics.md}. Four rules hold everywhere:
 *
 * <ul>
 *   <li>A loop and its handles belong to one thread; what others may call says so. Other threads
 *       use {@link io.millrace.EventLoop#execute}.
 *   <li>A call either throws, because its arguments or the moment are wrong, or has exactly one
 *       completion, later, never on the caller's stack.
 *   <li>After {@code close} nothing is delivered but the ends of unfinished operations and the
 *       close callback.
 *   <li>Set-up, such as a connect, returns a {@link java.util.concurrent.CompletionStage}; traffic
 *       takes callback objects that can be used again, so that it allocates nothing.
 * </ul>
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace;

import org.jspecify.annotations.NullMarked;
