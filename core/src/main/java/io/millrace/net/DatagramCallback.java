// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.IoException;
import org.jspecify.annotations.Nullable;

/**
 * The end of one send of a datagram: the buffer is the caller's again. Called once per send, in
 * their order.
 */
@FunctionalInterface
public interface DatagramCallback {
    /**
     * The send has ended.
     *
     * @param failure null if the kernel has taken the datagram, which does not say that it arrives;
     *     otherwise why not. That of one send says nothing about others
     */
    void onSent(UdpSocket socket, @Nullable IoException failure);
}
