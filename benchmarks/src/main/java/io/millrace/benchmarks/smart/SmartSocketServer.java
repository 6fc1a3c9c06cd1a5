// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.smart;

import io.millrace.benchmarks.load.Payload;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.Service;
import io.millrace.benchmarks.server.Sink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import org.jspecify.annotations.Nullable;
import org.smartboot.socket.MessageProcessor;
import org.smartboot.socket.NetMonitor;
import org.smartboot.socket.Protocol;
import org.smartboot.socket.StateMachineEnum;
import org.smartboot.socket.buffer.BufferPagePool;
import org.smartboot.socket.transport.AioQuickServer;
import org.smartboot.socket.transport.AioSession;

/** The services as a user of smart-socket would write them. */
final class SmartSocketServer
        implements RunningServer, MessageProcessor<byte[]>, Protocol<byte[]>, NetMonitor {
    /** As in Millrace's default options. */
    private static final int BACKLOG = 4096;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int WRITE_BUFFERS = 16;
    private static final int PAGE_BYTES = 16 << 20;

    private final Faults faults = new Faults();
    private final Service service;
    private final InetSocketAddress address;
    private final BufferPagePool buffers;
    private final AioQuickServer server;

    private SmartSocketServer(Service service) throws IOException {
        this.service = service;
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        buffers = new BufferPagePool(PAGE_BYTES, Runtime.getRuntime().availableProcessors(), true);
        server =
                new AioQuickServer(
                                address.getAddress().getHostAddress(),
                                address.getPort(),
                                this,
                                this)
                        .setBannerEnabled(false)
                        .setBacklog(BACKLOG)
                        .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                        .setReadBufferSize(BUFFER_BYTES)
                        .setWriteBuffer(BUFFER_BYTES, WRITE_BUFFERS)
                        .setBufferPagePool(buffers);
    }

    static SmartSocketServer start(Service service) throws IOException {
        SmartSocketServer started = new SmartSocketServer(service);
        started.server.start();
        return started;
    }

    /** It does not tell which port the system has chosen, so it must be told one. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
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
        server.shutdown();
        buffers.release();
        faults.check();
    }

    /** A message is whatever has come. */
    @Override
    public byte @Nullable [] decode(ByteBuffer received, AioSession session) {
        if (!received.hasRemaining()) {
            return null;
        }
        byte[] bytes = new byte[received.remaining()];
        received.get(bytes);
        return bytes;
    }

    @Override
    public void process(AioSession session, byte[] bytes) {
        try {
            if (service == Service.ECHO) {
                session.writeBuffer().write(bytes, 0, bytes.length);
            } else if (service == Service.SINK) {
                Sink sink = session.getAttachment();
                sink.accept(ByteBuffer.wrap(bytes));
            }
        } catch (IOException broken) {
            session.close(true);
        }
    }

    @Override
    public void stateEvent(
            AioSession session, StateMachineEnum state, @Nullable Throwable failure) {
        switch (state) {
            case NEW_SESSION -> opened(session);
            case PROCESS_EXCEPTION, DECODE_EXCEPTION, ACCEPT_EXCEPTION -> {
                if (failure != null) {
                    faults.report(failure);
                }
            }
            default -> {
                // Broken connections are closed by it, and seen by the client.
            }
        }
    }

    private void opened(AioSession session) {
        switch (service) {
            case SINK -> session.setAttachment(new Sink());
            case CLOSE -> session.close(true);
            case SOURCE -> {
                // To write waits until there is room, which none of its own threads must.
                Thread sender = new Thread(() -> send(session), "smart-socket-sender");
                sender.setDaemon(true);
                sender.start();
            }
            case ECHO -> {
                // It waits for the first message.
            }
        }
    }

    /** The end of a stream closes the session; only here something can still be written. */
    @Override
    public void afterRead(AioSession session, int count) {
        if (count >= 0 || service != Service.SINK) {
            return;
        }
        Sink sink = session.getAttachment();
        byte[] verdict = new byte[Long.BYTES];
        sink.verdict().get(0, verdict);
        try {
            session.writeBuffer().write(verdict, 0, verdict.length);
        } catch (IOException broken) {
            session.close(true);
        }
    }

    @Override
    public AsynchronousSocketChannel shouldAccept(AsynchronousSocketChannel channel) {
        try {
            return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (IOException broken) {
            return channel; // Which shows at its first read.
        }
    }

    @Override
    public void beforeRead(AioSession session) {}

    @Override
    public void beforeWrite(AioSession session) {}

    @Override
    public void afterWrite(AioSession session, int count) {}

    private static void send(AioSession session) {
        ByteBuffer view = Payload.newView();
        byte[] block = new byte[BUFFER_BYTES];
        long sent = 0;
        try {
            while (!session.isInvalid()) {
                Payload.window(view, sent, block.length).get(block);
                sent += block.length;
                session.writeBuffer().write(block, 0, block.length);
            }
        } catch (IOException broken) {
            session.close(true);
        }
    }
}
