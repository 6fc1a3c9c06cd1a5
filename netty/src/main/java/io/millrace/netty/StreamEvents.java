// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamSink;

/**
 * What the driver reports of one socket. It throws nothing: what fails in here ends the channel,
 * and not its loop.
 */
final class StreamEvents implements StreamSink {
    private final MillraceIoHandler handler;
    private final Incoming incoming;
    private final Outgoing outgoing;
    private final MillraceStreamChannel channel;

    StreamEvents(
            MillraceIoHandler handler,
            Incoming incoming,
            Outgoing outgoing,
            MillraceStreamChannel channel) {
        this.handler = handler;
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.channel = channel;
    }

    /** Whether the connection leaves this socket's driver, or has left it. */
    private boolean left;

    void leaves() {
        left = true;
    }

    @Override
    public int prefetch() {
        return incoming.prefetch() + outgoing.prefetch();
    }

    @Override
    public void onConnected(int code) {
        try {
            channel.connectEnded(code);
        } catch (Throwable failure) {
            channel.failed(failure);
        }
    }

    @Override
    public void onReceive(PoolChunk chunk) {
        try {
            incoming.received(handler, chunk);
        } catch (Throwable failure) {
            channel.failed(failure);
        }
    }

    @Override
    public void onReceiveStopped(int code) {
        try {
            incoming.stopped(handler, code);
            channel.receiveEnded();
        } catch (Throwable failure) {
            channel.failed(failure);
        }
    }

    @Override
    public void onReceivedInto(int result) {
        channel.failed(new IllegalStateException("nobody receives into a buffer: " + result));
    }

    @Override
    public void gather(Gather into) {
        outgoing.gather(into);
    }

    @Override
    public void onSent(int result) {
        if (left) {
            return; // A send that waited for room, and was dropped: it waits elsewhere now.
        }
        try {
            outgoing.sent(result);
        } catch (Throwable failure) {
            channel.failed(failure);
        }
    }

    @Override
    public void onClosed() {
        handler.portClosed();
    }
}
