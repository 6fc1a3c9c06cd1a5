// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.load;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * A server of messages for clients to be tried with, such as a name server of the test's: by UDP,
 * and by TCP with a length of two bytes before each, at one port of the loopback interface. It
 * knows nothing of Millrace, and has a thread for each of its sockets.
 */
public final class MessageServer implements AutoCloseable {
    private static final int MOST_BYTES = 65_535;
    private static final int TRIES = 64;

    private final Consumer<Request> handler;
    private final DatagramSocket datagrams;
    private final ServerSocket listener;
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** A message that has come. */
    public interface Request {
        byte[] bytes();

        boolean isByTcp();

        /** Where it comes from. */
        InetSocketAddress from();

        /** Answers; any number of times, now or later, on any thread. */
        void reply(byte[] message);

        /** Ends the connection, if there is one. */
        void hangUp();
    }

    /**
     * @param handler called on the server's threads
     */
    public MessageServer(Consumer<Request> handler) throws IOException {
        this.handler = handler;
        Sockets sockets = Sockets.open(TRIES);
        listener = sockets.listener;
        datagrams = sockets.datagrams;
        start(this::serveDatagrams);
        start(this::serveConnections);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) datagrams.getLocalSocketAddress();
    }

    /** What could not be served but for the close; empty in a test that is to succeed. */
    public Queue<Throwable> failures() {
        return failures;
    }

    /** Both at one port: what is free for one of the two may be taken for the other. */
    private record Sockets(ServerSocket listener, DatagramSocket datagrams) {
        static Sockets open(int tries) throws IOException {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            ServerSocket listener = new ServerSocket(0, 0, loopback);
            try {
                return new Sockets(listener, new DatagramSocket(listener.getLocalPort(), loopback));
            } catch (SocketException taken) {
                listener.close();
                if (tries == 0) {
                    throw taken;
                }
                return open(tries - 1);
            }
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private void start(Task task) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                task.run();
                            } catch (EOFException | SocketException ended) {
                                // By the close, or the client.
                                return;
                            } catch (IOException | RuntimeException failure) {
                                failures.add(failure);
                            }
                        },
                        "message-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void serveDatagrams() throws IOException {
        byte[] buffer = new byte[MOST_BYTES];
        while (true) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            datagrams.receive(packet);
            handler.accept(
                    new ByUdp(
                            Arrays.copyOf(packet.getData(), packet.getLength()),
                            (InetSocketAddress) packet.getSocketAddress()));
        }
    }

    private void serveConnections() throws IOException {
        while (true) {
            Socket connection = listener.accept();
            connections.add(connection);
            start(() -> serve(connection));
        }
    }

    private void serve(Socket connection) throws IOException {
        DataInputStream input = new DataInputStream(connection.getInputStream());
        while (true) {
            byte[] message = new byte[input.readUnsignedShort()];
            input.readFully(message);
            handler.accept(new ByTcp(message, connection));
        }
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        listener.close();
        for (Socket each : connections) {
            each.close();
        }
    }

    private final class ByUdp implements Request {
        private final byte[] bytes;
        private final InetSocketAddress from;

        ByUdp(byte[] bytes, InetSocketAddress from) {
            this.bytes = bytes;
            this.from = from;
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }

        @Override
        public boolean isByTcp() {
            return false;
        }

        @Override
        public InetSocketAddress from() {
            return from;
        }

        @Override
        public void reply(byte[] message) {
            try {
                datagrams.send(new DatagramPacket(message, message.length, from));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public void hangUp() {}
    }

    private static final class ByTcp implements Request {
        private final byte[] bytes;
        private final Socket connection;

        ByTcp(byte[] bytes, Socket connection) {
            this.bytes = bytes;
            this.connection = connection;
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }

        @Override
        public boolean isByTcp() {
            return true;
        }

        @Override
        public InetSocketAddress from() {
            return (InetSocketAddress) connection.getRemoteSocketAddress();
        }

        @Override
        public void reply(byte[] message) {
            try {
                OutputStream output = connection.getOutputStream();
                byte[] framed = new byte[2 + message.length];
                framed[0] = (byte) (message.length >> 8);
                framed[1] = (byte) message.length;
                System.arraycopy(message, 0, framed, 2, message.length);
                output.write(framed);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public void hangUp() {
            try {
                connection.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
