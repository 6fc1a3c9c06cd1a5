// SPDX-License-Identifier: Apache-2.0
/**
 * Streams of bytes over the network: {@link io.millrace.net.ByteStream} is what protocols are
 * written against, {@link io.millrace.net.TcpStream} and {@link io.millrace.net.TcpServer} carry it
 * over TCP, {@link io.millrace.net.UnixStream} and {@link io.millrace.net.UnixServer} within one
 * machine, {@link io.millrace.net.Resolver} and {@link io.millrace.net.HostConnect} find the way to
 * a host by its name. {@link io.millrace.net.UdpSocket} sends and receives datagrams. What holds of
 * every handle is said in {@link io.millrace}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.net;

import org.jspecify.annotations.NullMarked;
