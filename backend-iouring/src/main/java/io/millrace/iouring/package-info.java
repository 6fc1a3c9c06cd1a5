// SPDX-License-Identifier: Apache-2.0

/**
 * The {@code io_uring} backend: Linux submission and completion rings as a driver, see io_uring(7).
 *
 * <p><b>Protocol.</b> {@link io.millrace.iouring.UringDriver} hands ports out. A command on a port
 * notes a wish; a poll turns wishes into submissions, enters the kernel once, and turns completions
 * into calls of sinks. Accepting and receiving are multishot: one submission, many completions,
 * until one comes without {@code F_MORE}. That one ends the request, whatever its result, and
 * unless the reason is the user's the port wishes for it anew. Sends go one at a time per stream.
 *
 * <p><b>Files.</b> Each request in flight is a requester with a slot of its own, so that any number
 * goes to the kernel at once; when it has ended, requester and slot are used again. None is forced
 * onto a thread of the kernel's (IOSQE_ASYNC): what is in the page cache needs none.
 *
 * <p><b>Ownership.</b> A receive buffer is the kernel's from the tail of the {@link
 * io.millrace.iouring.BufferRing} to the completion that names it, then a chunk on loan, then idle.
 * What a submission points to must live until the submitting call returns (addresses, headers,
 * lists of segments) or until the request has ended (the bytes themselves).
 *
 * <p><b>Order.</b> The queues are shared memory with one writer a word. What an index publishes is
 * written before it, with release; an index is read with acquire before what it covers. Places of
 * the completion queue are given back one by one as they are read, so that the kernel never finds
 * it full of what was read already.
 *
 * <p><b>Threads.</b> A ring belongs to the thread that first polls, and to no other for good: that
 * is what lets the kernel do without locks (SINGLE_ISSUER, DEFER_TASKRUN). It must be a platform
 * thread, and must outlive what it submitted. Other threads write to an event descriptor, which the
 * ring polls and nobody ever reads.
 *
 * <p><b>Closing.</b> close(2) under an armed receive sends no FIN, and under an armed accept goes
 * on accepting, because requests hold the socket. So a close cancels everything on the descriptor
 * and is linked to that; the port is closed when the last completion has come.
 *
 * <p><b>Minimum.</b> Linux 6.1, proven by {@link io.millrace.iouring.Probe} on a real ring. Newer
 * features that merely make it faster are in {@link io.millrace.iouring.Features}. Rings are
 * charged to RLIMIT_MEMLOCK on some kernels (seen on 6.18), so they are small, and shrink before
 * they fail.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.iouring;

import org.jspecify.annotations.NullMarked;
