// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

/**
 * Takes what a {@link UdpSocket} receives. One object can serve any number of sockets. Called on
 * the loop's thread, never from inside a call of the user's.
 */
@FunctionalInterface
public interface DatagramHandler {
    /**
     * A datagram has come.
     *
     * @param datagram on loan until this returns, and its bytes as well
     */
    void onDatagram(UdpSocket socket, Datagram datagram);
}
