// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.PoolChunk;

/** What the driver reports of one datagram socket. It throws nothing, so that its loop goes on. */
final class DatagramEvents implements DatagramSink {
    private final MillraceIoHandler handler;
    private final DatagramIncoming incoming;
    private final DatagramOutgoing outgoing;
    private final MillraceDatagramChannel channel;

    DatagramEvents(
            MillraceIoHandler handler,
            DatagramIncoming incoming,
            DatagramOutgoing outgoing,
            MillraceDatagramChannel channel) {
        this.handler = handler;
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.channel = channel;
    }

    @Override
    public void onDatagram(PoolChunk chunk, DatagramInfo info) {
        try {
            incoming.received(handler, chunk, info);
        } catch (Throwable failure) {
            channel.failed(failure);
        }
    }

    /** The pipeline hears of the end of a read when the poll is over. */
    @Override
    public void onBatchEnd() {}

    @Override
    public void onReceiveStopped(int code) {
        try {
            incoming.stopped(handler, code);
        } catch (Throwable failure) {
            channel.failed(failure);
        }
    }

    @Override
    public void gather(DatagramSends into) {
        outgoing.gather(into);
    }

    @Override
    public void onSent(int result) {
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
