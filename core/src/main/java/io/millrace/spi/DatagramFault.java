// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.InetAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the network has reported of a datagram that was sent before.
 *
 * @param code why it did not arrive
 * @param to where it was sent to, or null if that is not told
 * @param reporter the host that says so, or null if that is not told
 */
public record DatagramFault(int code, @Nullable SocketAddress to, @Nullable InetAddress reporter) {}
