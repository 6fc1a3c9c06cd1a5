// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.MessageOutLayout;
import io.millrace.posix.ControlMessages;
import io.millrace.posix.NativeMemory;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramFault;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.reactor.DatagramReceives;
import io.millrace.spi.reactor.RawDatagram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A datagram socket through a ring: one multishot recvmsg into provided buffers, each of which the
 * kernel begins with the sender's address.
 *
 * <p>Sends do not go through the ring: sendmmsg(2) takes as many datagrams in one call as would
 * take as many submissions, and whatever it says of one it says at once. When the socket is full
 * the ring tells that there is room.
 *
 * <p>Receives do not where many sockets have to share few buffers: then each waits by the ring and
 * takes one datagram by a call of its own, because a multishot request takes whatever there is.
 * That is also the way with kernels that have no multishot recvmsg.
 */
final class UringDatagram extends UringReceiver implements DatagramPort {
    /** POLLIN and POLLOUT, see poll(2). */
    private static final int POLL_IN = 1;

    private static final int POLL_OUT = 4;

    /** Room for an internet address of either family. */
    private static final int NAME_BYTES = 32;

    private final UringDatagrams shared;
    private final RawDatagram socket;
    private final DatagramSink sink;

    /** Whether the receive in flight waits for datagrams, and does not take them. */
    private boolean polls;

    private boolean sending;

    /** How much room control messages are to have, and that of the receive in flight. */
    private int controlBytes;

    private int controlBytesInFlight;

    /** Whether the receive in flight was cancelled to begin with another header. */
    private boolean beginsAnew;

    UringDatagram(
            UringDriver driver, UringDatagrams shared, RawDatagram socket, DatagramSink sink) {
        super(driver, socket);
        this.shared = shared;
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public int send() {
        assert !isClosing() && !sending;
        int result = attempt();
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        sending = true;
        start(Kind.SEND);
        return Code.PENDING;
    }

    @Override
    public int trySend() {
        assert !isClosing() && !sending;
        return attempt();
    }

    private int attempt() {
        DatagramSends sends = shared.sends;
        try {
            sink.gather(sends);
            driver.countSystemCall();
            return socket.send(sends);
        } finally {
            sends.clear();
        }
    }

    @Override
    public int connect(InetSocketAddress to) {
        assert !isClosing();
        driver.countSystemCall();
        return socket.connect(to);
    }

    @Override
    public int disconnect() {
        assert !isClosing();
        driver.countSystemCall();
        return socket.disconnect();
    }

    @Override
    public int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        assert !isClosing();
        driver.countSystemCall();
        return socket.join(group, interfaceIndex, source);
    }

    @Override
    public int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        assert !isClosing();
        driver.countSystemCall();
        return socket.leave(group, interfaceIndex, source);
    }

    /** A receive that is in flight has no room for what is to come from now on, and begins anew. */
    @Override
    public int setOption(DatagramOption option, int value) {
        assert !isClosing();
        driver.countSystemCall();
        int result = socket.setOption(option, value);
        boolean brings =
                option == DatagramOption.RECEIVE_PACKET_INFO
                        || option == DatagramOption.RECEIVE_TRAFFIC_CLASS
                        || option == DatagramOption.RECEIVE_COALESCED;
        if (brings && result == Code.OK && value != 0 && controlBytes == 0) {
            controlBytes = ControlMessages.RECEIVE_BYTES;
            if (isInFlight(Kind.RECEIVE) && !stopping) {
                beginsAnew = true;
                want(Kind.CANCEL);
            }
        }
        return result;
    }

    @Override
    public @Nullable DatagramFault takeFault() {
        assert !isClosing();
        driver.countSystemCall();
        return socket.takeFault();
    }

    @Override
    public int getOption(DatagramOption option) {
        assert !isClosing();
        driver.countSystemCall();
        return socket.getOption(option);
    }

    @Override
    boolean prepare(int kind) {
        switch (kind) {
            case Kind.RECEIVE -> prepareReceive();
            case Kind.SEND -> driver.requests.poll(descriptor, POLL_OUT, userData(Kind.SEND));
            default -> {
                if (isInFlight(Kind.RECEIVE)) {
                    driver.requests.cancel(userData(Kind.RECEIVE), userData(Kind.CANCEL));
                }
                return false;
            }
        }
        return true;
    }

    private void prepareReceive() {
        long userData = userData(Kind.RECEIVE);
        polls = takesOneBuffer || stopping || !shared.isMultishot;
        takesOneBuffer = false;
        if (polls) {
            driver.requests.poll(descriptor, POLL_IN, userData);
        } else {
            controlBytesInFlight = controlBytes;
            long header =
                    driver.scratch.putReceiveHeader(
                            driver.nextPlace(), NAME_BYTES, controlBytesInFlight);
            driver.requests.receiveMessagesMultishot(
                    descriptor, ReceiveBuffers.GROUP, header, userData);
        }
    }

    @Override
    void completed(int kind, int result, int flags) {
        switch (kind) {
            case Kind.RECEIVE -> received(result, flags);
            case Kind.SEND -> roomToSend(result);
            default -> throw new AssertionError("no requests of datagrams are of kind " + kind);
        }
    }

    private void received(int result, int flags) {
        if (CompletionFlag.hasBuffer(flags)) {
            deliver(CompletionFlag.bufferId(flags), result);
        }
        if (CompletionFlag.hasMore(flags)) {
            return;
        }
        if (polls && result >= 0 && !isClosing() && !stopping) {
            receiveEnded(receiveByCall());
        } else if (result == Code.INVALID_ARGUMENT && !polls && shared.isMultishot) {
            shared.isMultishot = false;
            receiveEnded(Code.WOULD_BLOCK);
        } else {
            receiveEnded(result);
        }
    }

    private void deliver(int buffer, int length) {
        PoolChunk chunk = driver.buffers.take(buffer, Math.max(length, 0));
        try {
            int start = MessageOutLayout.BYTES + NAME_BYTES + controlBytesInFlight;
            if (length >= start && !isClosing()) {
                DatagramInfo info = shared.info;
                read(chunk, info);
                chunk.filled(start, length);
                driver.countCompletion();
                driver.delivers(this);
                sink.onDatagram(chunk, info);
            }
        } finally {
            chunk.release();
        }
    }

    /** The completions of others come next, or none. */
    void batchEnds() {
        if (!isClosing()) {
            sink.onBatchEnd();
        }
    }

    private void read(PoolChunk chunk, DatagramInfo info) {
        info.clear();
        NativeMemory memory = driver.buffers.memoryOf(chunk);
        shared.codec.read(
                memory,
                MessageOutLayout.BYTES,
                memory.getInt(MessageOutLayout.NAME_LENGTH),
                info.sender);
        if (controlBytesInFlight != 0) {
            shared.control.read(
                    memory,
                    MessageOutLayout.BYTES + NAME_BYTES,
                    Math.min(memory.getInt(MessageOutLayout.CONTROL_LENGTH), controlBytesInFlight),
                    info);
        }
        info.truncated = (memory.getInt(MessageOutLayout.FLAGS) & shared.truncatedFlag) != 0;
    }

    /** The kernel said that there is something: how a receive of its own has ended. */
    private int receiveByCall() {
        DatagramReceives receives = shared.receives;
        try {
            PoolChunk first = driver.buffers.acquire();
            if (first == null) {
                // The kernel has the buffers, so it may fill them.
                return Code.NO_CHUNKS;
            }
            receives.add(first);
            fill(receives);
            driver.countSystemCall();
            int result = socket.receive(receives);
            for (int i = 0; i < result && !isClosing(); i++) {
                PoolChunk chunk = receives.take(i);
                driver.countCompletion();
                try {
                    sink.onDatagram(chunk, receives.info(i));
                } finally {
                    chunk.release();
                }
            }
            if (result > 0 && !isClosing()) {
                sink.onBatchEnd();
            }
            return result;
        } finally {
            receives.releaseRest();
        }
    }

    /** Many at once only if that is the way for good, and not because buffers are few. */
    private void fill(DatagramReceives receives) {
        int most = shared.isMultishot ? 1 : socket.mostReceives();
        while (receives.count() < most && driver.buffers.hasPlenty()) {
            PoolChunk chunk = driver.buffers.acquire();
            if (chunk == null) {
                return;
            }
            receives.add(chunk);
        }
    }

    /** The request is over; what that means depends on why, and on what is wanted by now. */
    private void receiveEnded(int result) {
        boolean endedByKernel = result >= 0 || UringStream.isTransient(result);
        boolean starved = result == Code.NO_CHUNKS;
        boolean anew = beginsAnew;
        beginsAnew = false;
        if (anew && result == Code.CANCELLED && !stopping && !isClosing()) {
            want(Kind.RECEIVE);
        } else if (!endedByKernel && !starved) {
            reportReceiveStopped(result);
        } else if (isClosing() || stopping) {
            reportReceiveStopped(Code.CANCELLED);
        } else if (starved && !driver.buffers.canProvideMore()) {
            reportReceiveStopped(Code.NO_CHUNKS);
        } else if (starved && !polls) {
            postpone(Kind.RECEIVE);
            driver.starved.add(this);
        } else {
            want(Kind.RECEIVE);
        }
    }

    private void roomToSend(int result) {
        int outcome = result >= 0 && !isClosing() ? attempt() : result;
        if (UringStream.isTransient(outcome) && !isClosing()) {
            want(Kind.SEND);
        } else {
            reportSent(result >= 0 && isClosing() ? Code.CANCELLED : outcome);
        }
    }

    @Override
    void tellReceiveStopped(int code) {
        sink.onReceiveStopped(code);
    }

    private void reportSent(int result) {
        sending = false;
        ended(Kind.SEND);
        driver.countCompletion();
        sink.onSent(result);
    }

    @Override
    void drop(int kind, int result, int flags) {
        if (CompletionFlag.hasBuffer(flags)) {
            driver.buffers.take(CompletionFlag.bufferId(flags), Math.max(result, 0)).release();
        }
    }

    @Override
    void report(int kind, int code) {
        switch (kind) {
            case Kind.RECEIVE -> reportReceiveStopped(code);
            case Kind.SEND -> reportSent(code);
            default -> throw new AssertionError("no requests of datagrams are of kind " + kind);
        }
    }

    @Override
    void reportClosed() {
        sink.onClosed();
    }
}
