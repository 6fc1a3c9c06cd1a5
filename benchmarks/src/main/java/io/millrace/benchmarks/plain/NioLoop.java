// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** One selector and its thread. What other threads want of it comes through a queue. */
final class NioLoop {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Service service;
    private final Faults faults;
    private final Selector selector = Selector.open();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Thread thread = new Thread(this::run, "java-nio");
    private List<NioLoop> targets = List.of();
    private int nextTarget;
    private volatile boolean closed;

    NioLoop(Service service, Faults faults) throws IOException {
        this.service = service;
        this.faults = faults;
    }

    /** Accepts for {@code targets}, in turn; before the start. */
    void listen(ServerSocketChannel listener, List<NioLoop> targets) throws IOException {
        this.targets = targets;
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    void start() {
        thread.start();
    }

    /** Any thread. The selector wakes up once for all tasks that come before it looks. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Any thread but the loop's. */
    void close() throws IOException {
        closed = true;
        selector.wakeup();
        if (thread.isAlive()) {
            joinUninterruptibly();
        }
        closeAll();
    }

    private void run() {
        Consumer<SelectionKey> dispatcher = this::dispatch;
        try {
            while (!closed) {
                selector.select(dispatcher);
                runTasks();
            }
        } catch (IOException | RuntimeException e) {
            faults.report(e);
        }
    }

    private void dispatch(SelectionKey key) {
        if (key.channel() instanceof ServerSocketChannel listener) {
            acceptAll(listener);
            return;
        }
        NioConnection connection = (NioConnection) key.attachment();
        try {
            if (key.isReadable()) {
                connection.readable(buffer);
            } else {
                connection.writable();
            }
        } catch (IOException broken) {
            connection.close();
        }
    }

    private void acceptAll(ServerSocketChannel listener) {
        try {
            SocketChannel channel = listener.accept();
            while (channel != null) {
                NioLoop target = targets.get(nextTarget++ % targets.size());
                if (target == this) {
                    adopt(channel);
                } else {
                    SocketChannel handedOver = channel;
                    target.execute(() -> target.adopt(handedOver));
                }
                channel = listener.accept();
            }
        } catch (IOException e) {
            faults.report(e);
        }
    }

    private void runTasks() {
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
    }

    private void adopt(SocketChannel channel) {
        try {
            serve(channel);
        } catch (IOException e) {
            faults.report(e);
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        if (service == Service.CLOSE) {
            channel.close();
            return;
        }
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        NioConnection connection = NioConnection.serving(service, key, channel);
        key.attach(connection);
        connection.opened();
    }

    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeAll() throws IOException {
        if (!selector.isOpen()) {
            return;
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
