// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.Gather;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Echoes straight at the driver boundary: no queue, so it is meant for peers that wait for each
 * answer. The polling thread is the test's.
 */
final class EchoServer implements ListenerSink {
    final ListenerPort listener;
    private final Driver driver;
    int open;
    boolean closed;
    boolean closesAtEnd = true;
    Runnable whenClosed = () -> {};
    StreamPort last;

    EchoServer(Driver driver) throws IoException {
        this.driver = driver;
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        listener = driver.streams().listen(new ListenSpec(any, 128, true, false, 0), this);
        listener.startAccept();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void onAccept(Accepted connection) {
        try {
            new Echo(connection);
        } catch (IoException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void onAcceptStopped(int code) {}

    @Override
    public void onClosed() {
        closed = true;
        whenClosed.run();
    }

    private final class Echo implements StreamSink {
        private final StreamPort port;
        private PoolChunk pending;

        Echo(Accepted connection) throws IoException {
            port = driver.streams().adopt(connection, this);
            last = port;
            port.startReceive();
            open++;
        }

        @Override
        public void onConnected(int code) {}

        @Override
        public void onReceive(PoolChunk chunk) {
            pending = chunk;
            int sent = port.send();
            assert sent == chunk.length() : Code.name(sent);
        }

        @Override
        public void onReceiveStopped(int code) {
            if (closesAtEnd) {
                port.close();
            }
        }

        @Override
        public void onReceivedInto(int result) {}

        @Override
        public void gather(Gather into) {
            into.add(pending.memory(), 0, pending.start(), pending.end());
        }

        @Override
        public void onSent(int result) {}

        @Override
        public void onClosed() {
            open--;
        }
    }
}
