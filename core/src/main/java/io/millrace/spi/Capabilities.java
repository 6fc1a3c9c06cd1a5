// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * What an engine does natively. These change speed or open extras, never the behaviour of what
 * every engine offers.
 *
 * @param descriptors sockets have kernel descriptors, which can be adopted and given away
 * @param balancedReusePort several listeners on one port share its connections evenly
 * @param costlyStop stopping a receive costs a system call of its own, so core does it only when
 *     bytes come that nobody wants yet
 * @param maximumGather how many segments one send takes, at least 1
 */
public record Capabilities(
        boolean descriptors, boolean balancedReusePort, boolean costlyStop, int maximumGather) {}
