// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.load.Payload;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.Service;
import io.millrace.benchmarks.server.Sink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server whose connections block, each on its own virtual thread. */
final class SocketServer implements RunningServer {
    /** As in Millrace's default options. */
    private static final int BACKLOG = 4096;

    private static final int FIRST_BYTES = 8 << 10;
    private static final int MOST_BYTES = 64 << 10;

    private final Faults faults = new Faults();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<ServerSocket> listeners = new ArrayList<>();
    private final Service service;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private volatile boolean closed;

    private SocketServer(Service service) {
        this.service = service;
    }

    /** Whoever accepts, all virtual threads share the processors. */
    static SocketServer start(Service service, Accepting accepting) throws IOException {
        SocketServer server = new SocketServer(service);
        try {
            server.listen();
            if (accepting == Accepting.LISTENER_PER_LOOP) {
                for (int i = 1; i < Accepting.LOOPS; i++) {
                    server.listen();
                }
            }
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void check() throws IOException {
        faults.check();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        for (ServerSocket listener : listeners) {
            listener.close();
        }
        for (Socket connection : connections) {
            connection.close();
        }
        faults.check();
    }

    private void listen() throws IOException {
        ServerSocket listener = new ServerSocket();
        listeners.add(listener);
        listener.setReuseAddress(true);
        if (listener.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        listener.bind(address, BACKLOG);
        address = new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        VirtualThreads.start(() -> acceptAll(listener));
    }

    private void acceptAll(ServerSocket listener) {
        try {
            while (!closed) {
                Socket connection = listener.accept();
                connections.add(connection);
                if (closed) {
                    connection.close();
                }
                VirtualThreads.start(() -> serve(connection));
            }
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                faults.report(e);
            }
        }
    }

    /** A broken connection is closed; anything else is a fault of the server. */
    private void serve(Socket connection) {
        try (Socket open = connection) {
            switch (service) {
                case ECHO -> {
                    open.setTcpNoDelay(true);
                    echo(open.getInputStream(), open.getOutputStream());
                }
                case SINK -> count(open.getInputStream(), open.getOutputStream());
                case SOURCE -> send(open.getOutputStream());
                case CLOSE -> {
                    // At once.
                }
            }
        } catch (IOException broken) {
            return;
        } catch (RuntimeException e) {
            faults.report(e);
        } finally {
            connections.remove(connection);
        }
    }

    private static void echo(InputStream input, OutputStream output) throws IOException {
        byte[] buffer = new byte[FIRST_BYTES];
        int count = input.read(buffer);
        while (count >= 0) {
            output.write(buffer, 0, count);
            buffer = largeEnough(buffer, count);
            count = input.read(buffer);
        }
    }

    private static void count(InputStream input, OutputStream output) throws IOException {
        Sink sink = new Sink();
        byte[] buffer = new byte[FIRST_BYTES];
        int count = input.read(buffer);
        while (count >= 0) {
            sink.accept(ByteBuffer.wrap(buffer, 0, count));
            buffer = largeEnough(buffer, count);
            count = input.read(buffer);
        }
        byte[] verdict = new byte[Long.BYTES];
        sink.verdict().get(0, verdict);
        output.write(verdict);
    }

    private static void send(OutputStream output) throws IOException {
        ByteBuffer view = Payload.newView();
        byte[] block = new byte[MOST_BYTES];
        long sent = 0;
        while (true) {
            Payload.window(view, sent, block.length).get(block);
            sent += block.length;
            output.write(block);
        }
    }

    /** Once it was full, more may come at once. */
    private static byte[] largeEnough(byte[] buffer, int count) {
        return count == buffer.length && count < MOST_BYTES ? new byte[MOST_BYTES] : buffer;
    }
}
