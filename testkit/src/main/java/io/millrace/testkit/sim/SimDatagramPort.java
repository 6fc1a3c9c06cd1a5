// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.PoolChunk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A datagram socket at the completion boundary. */
final class SimDatagramPort extends SimPort implements DatagramPort {
    private final SimDatagramSocket socket;
    private final DatagramSink sink;
    private final DatagramSends sends = new DatagramSends();
    private final DatagramInfo info = new DatagramInfo();
    private boolean receiving;
    private boolean stopping;
    private boolean sending;

    SimDatagramPort(SimDriver driver, SimDatagramSocket socket, DatagramSink sink) {
        super(driver, socket, "datagram socket");
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public void startReceive() {
        command();
        if (receiving) {
            throw driver.error("receive started twice");
        }
        receiving = true;
        schedule();
    }

    @Override
    public void stopReceive() {
        command();
        if (receiving && !stopping) {
            stopping = true;
            driver.later(this::finishStop);
        }
    }

    @Override
    public int send() {
        command();
        if (sending) {
            throw driver.error("send started twice");
        }
        int result = world.strikes(Fault.PENDING_SEND) ? Code.WOULD_BLOCK : attempt();
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        sending = true;
        schedule();
        return Code.PENDING;
    }

    @Override
    public int trySend() {
        command();
        if (sending) {
            throw driver.error("trySend while a send is pending");
        }
        return attempt();
    }

    private int attempt() {
        sends.clear();
        sink.gather(sends);
        if (sends.count() == 0) {
            throw driver.error("nothing was offered to send");
        }
        int result = socket.send(sends);
        sends.clear();
        return result;
    }

    @Override
    public int connect(InetSocketAddress to) {
        command();
        return socket.connect(to);
    }

    @Override
    public int disconnect() {
        command();
        return socket.disconnect();
    }

    @Override
    void serve() {
        if (closed) {
            return;
        }
        if (receiving && (!stopping || world.strikes(Fault.LATE_COMPLETION))) {
            receiveOne();
        }
        if (!closed && sending) {
            int result = attempt();
            if (result != Code.WOULD_BLOCK) {
                sent(result);
            }
        }
        if (!closed && receiving && socket.isReadable()) {
            schedule();
        }
    }

    private void receiveOne() {
        if (world.strikes(Fault.NO_CHUNKS)) {
            driver.pretendNoChunks();
            receiveStopped(Code.NO_CHUNKS);
            return;
        }
        PoolChunk chunk = driver.chunks().acquire();
        if (chunk == null) {
            receiveStopped(Code.NO_CHUNKS);
            return;
        }
        int result = socket.receive(chunk, info);
        if (result > 0) {
            driver.completed(result);
            sink.onDatagram(chunk, info);
            if (!closed && !socket.isReadable()) {
                sink.onBatchEnd();
            }
        }
        chunk.release();
        // Whoever reads what it did not keep is to find nothing.
        info.clear();
        if (result < 0 && result != Code.WOULD_BLOCK) {
            receiveStopped(result);
        }
    }

    private void finishStop() {
        if (receiving && stopping) {
            receiveStopped(Code.CANCELLED);
        }
    }

    @Override
    void finishClose() {
        if (receiving && socket.isReadable() && world.strikes(Fault.LATE_COMPLETION)) {
            receiveOne();
        }
        if (receiving) {
            receiveStopped(Code.CANCELLED);
        }
        if (sending) {
            sent(Code.CANCELLED);
        }
        socket.close();
        driver.closed();
        sink.onClosed();
    }

    private void receiveStopped(int code) {
        receiving = false;
        stopping = false;
        driver.completed(code);
        sink.onReceiveStopped(code);
    }

    private void sent(int result) {
        sending = false;
        driver.completed(result);
        sink.onSent(result);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        question();
        return socket.local();
    }

    @Override
    public int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        command();
        return socket.join(group, interfaceIndex, source);
    }

    @Override
    public int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        command();
        return socket.leave(group, interfaceIndex, source);
    }

    @Override
    public int setOption(DatagramOption option, int value) {
        command();
        return socket.setOption(option, value);
    }

    @Override
    public int getOption(DatagramOption option) {
        question();
        return socket.getOption(option);
    }
}
