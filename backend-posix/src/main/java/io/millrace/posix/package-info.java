// SPDX-License-Identifier: Apache-2.0
/**
 * POSIX system calls for the engines that have descriptors, and the plainest two of those engines:
 * {@code poll} and {@code select}.
 *
 * <p>From the bottom up:
 *
 * <ul>
 *   <li>{@link io.millrace.posix.Libc} loads jnr-ffi on first use and binds C functions. Its class
 *       comment says how to declare them; jnr-ffi has traps that this package steps around once.
 *   <li>{@link io.millrace.posix.SystemCalls} is the seam: one method per system call, the result
 *       or a negative {@link io.millrace.spi.Code}. {@link io.millrace.posix.LibcSystemCalls} asks
 *       the kernel, for what every message needs by {@link io.millrace.posix.KernelEntry} if there
 *       is one; tests put a double in its place. A {@link io.millrace.posix.CallTable} is many
 *       calls at once.
 *   <li>{@link io.millrace.posix.Platform} is what differs between systems, as values: numbers,
 *       address layouts, errno translation.
 *   <li>{@link io.millrace.posix.NativeMemory} is memory that Java and kernel share.
 * </ul>
 *
 * <p>Memory passed to a call is named by its {@code long} address, always: it is the one form that
 * costs neither time nor garbage on every processor.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.posix;

import org.jspecify.annotations.NullMarked;
