// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.TcpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An echo server of the library's own on a thread of its own. {@link #close} says so when the loop
 * failed while it served.
 */
final class EchoPeer implements AutoCloseable {
    private final EventLoop loop;
    private final SocketAddress address;
    private final Thread thread;

    /** Written by the loop's thread before it ends, read after joining it. */
    private @Nullable Throwable failure;

    EchoPeer(String backend) throws IoException {
        loop = EventLoop.open(LoopOptions.builder().backend(backend).build());
        address =
                TcpServer.listen(
                                loop,
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                connection -> connection.read((stream, data) -> stream.write(data)))
                        .localAddress();
        thread = new Thread(this::serve, "echo-" + backend);
        thread.start();
    }

    SocketAddress address() {
        return address;
    }

    private void serve() {
        try {
            loop.run();
            loop.closeAll();
        } catch (IoException | RuntimeException e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the loop was stopping", e);
        }
        if (failure != null) {
            throw new IllegalStateException("the loop failed", failure);
        }
    }
}
