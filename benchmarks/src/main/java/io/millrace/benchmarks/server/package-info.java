// SPDX-License-Identifier: Apache-2.0

/**
 * What is measured, seen from the load: a server of some kind ({@link
 * io.millrace.benchmarks.server.ServerKind}) that gives one of a few services ({@link
 * io.millrace.benchmarks.server.Service}).
 *
 * <p>The kinds are every backend of Millrace that {@link io.millrace.Backends#report} names, and
 * the peers: Netty on each of its transports, a selector loop written by hand, and NIO.2. {@link
 * io.millrace.benchmarks.server.ServerKinds} is the list of them all; a backend that is added to
 * the class path is on it without further ado.
 */
@NullMarked
package io.millrace.benchmarks.server;

import org.jspecify.annotations.NullMarked;
