// SPDX-License-Identifier: Apache-2.0

/**
 * Small real programs on Millrace. They see the public API only and find their backend at run time,
 * as any program would.
 *
 * <p>Read {@code EchoServer} first, then {@code ProxyServer} with its pair for back-pressure and
 * half-close in both directions, {@code ChatServer} for state that connections share, {@code
 * HttpServer} for a protocol whose messages end anywhere, and {@code FileServer} for sendfile(2),
 * and {@code DnsForwarder} for datagrams and for being a client and a server at once. {@code
 * ServerProgram} is what they have in common: options, one loop or several, an orderly end. {@code
 * Doctor} says what the machine has to offer.
 */
@NullMarked
package io.millrace.examples;

import org.jspecify.annotations.NullMarked;
