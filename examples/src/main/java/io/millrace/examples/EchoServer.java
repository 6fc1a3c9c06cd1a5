// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.Datagram;
import io.millrace.net.ReadHandler;
import io.millrace.net.UdpSocket;

/**
 * Sends back what it receives.
 *
 * <p>One handler serves all connections, because an echo has nothing to remember. A received chunk
 * is handed to the write queue as it is: nothing is copied, nothing is allocated. When a peer sends
 * faster than it reads, its queue rises above the mark and its reading pauses until the queue has
 * fallen; TCP then slows the peer down.
 */
public final class EchoServer implements ReadHandler {
    private static final ReadHandler ECHO = new EchoServer();

    private EchoServer() {}

    public static void main(String[] arguments) {
        new ServerProgram(
                        "echo",
                        ServerProgram.SCALABLE + " [--udp]",
                        options -> EchoServer::serve,
                        options ->
                                options.has("udp")
                                        ? ServerProgram.datagrams(EchoServer::answer)
                                        : null)
                .launch(arguments);
    }

    /**
     * With {@code --udp}: the bytes go back to their sender as they are. What comes while the queue
     * is above its mark waits in the kernel, or is lost, as it may be anywhere on its way.
     */
    static void answer(UdpSocket socket, Datagram datagram) {
        if (!socket.reply(datagram, datagram.data())) {
            socket.pauseReceiving();
            socket.onWritable(socket::resumeReceiving);
        }
    }

    static void serve(ByteStream connection) {
        connection.onWritable(connection::resumeReading);
        connection.read(ECHO);
    }

    @Override
    public void onRead(ByteStream connection, Chunk chunk) {
        if (!connection.write(chunk)) {
            connection.pauseReading();
        }
    }
}
