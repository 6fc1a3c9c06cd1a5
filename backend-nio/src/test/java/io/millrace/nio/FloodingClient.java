// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;

/** Connects and sends, inside the report of the connection, until the socket is full. */
final class FloodingClient implements StreamSink {
    final StreamPort port;
    int connectResult;
    boolean blocked;
    boolean closed;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);

    FloodingClient(Driver driver, SocketAddress to) throws IoException {
        port = driver.streams().stream(StandardProtocolFamily.INET, this);
        connectResult = port.connect(to);
        if (connectResult == Code.OK) {
            onConnected(Code.OK);
        }
    }

    @Override
    public void onConnected(int code) {
        connectResult = code;
        if (code == Code.OK) {
            flood();
        }
    }

    private void flood() {
        int result;
        do {
            result = port.send();
        } while (result > 0);
        blocked = result == Code.PENDING;
    }

    @Override
    public void gather(Gather into) {
        into.add(bytes, 0, 0, bytes.capacity());
    }

    @Override
    public void onSent(int result) {
        if (result > 0) {
            flood();
        }
    }

    @Override
    public void onReceive(PoolChunk chunk) {}

    @Override
    public void onReceiveStopped(int code) {}

    @Override
    public void onReceivedInto(int result) {}

    @Override
    public void onClosed() {
        closed = true;
    }
}
