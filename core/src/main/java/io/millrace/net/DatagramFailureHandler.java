// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.IoException;

/**
 * Hears what has failed on a socket and nobody else is told: sends without a {@link
 * DatagramCallback}, and what the network reports of datagrams that were sent before.
 */
@FunctionalInterface
public interface DatagramFailureHandler {
    /**
     * Something has failed; the socket is as good as before.
     *
     * @param failure of the operation {@code send} or {@code receive}
     */
    void onFailure(UdpSocket socket, IoException failure);
}
