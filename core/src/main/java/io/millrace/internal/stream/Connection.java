// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.IoDeadline;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TimerNode;
import io.millrace.net.ByteStream;
import io.millrace.net.PeerCredentials;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamPort;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The socket behind a stream: how it comes about, what it reports, and when it is gone.
 *
 * <p>It owns the port, and nobody else keeps it. There is one from the making of the socket until
 * it is told to close: when the connect fails, whatever for, or when the stream closes. A
 * descriptor that is closed may be somebody else's at once, so a port that was let go of is
 * forgotten here first. Everybody asks; {@link LoopStream#port} is the one copy, for the path of a
 * message, which only this class sets, and only to what it owns: the port of a connection that is
 * there.
 *
 * <p>However early the outcome of a connect is known, it is delivered later: a refusal looks the
 * same whether the kernel knew it at once, as on loopback, or after a round trip. A failed connect
 * leaves the stream without a socket, but open.
 */
final class Connection extends Deferred {
    private enum State {
        NEW,
        CONNECTING,
        CONNECTED,
        FAILED
    }

    /** Between attempts to connect; short for a person, long for a processor. */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(32);

    private final LoopStream stream;
    private @Nullable Deadline deadline;

    /** Made when a server's backlog is full. */
    private @Nullable Attempts attempts;

    private State state = State.NEW;

    /** What this class owns; null before there is a socket, and once it was told to close. */
    private @Nullable StreamPort port;

    /**
     * How many sockets were told to close and have not said yet that they are closed: more than one
     * if a bind has failed before.
     */
    private int closingPorts;

    /**
     * Whose connection it is or was to be: for messages after the close as well. Null while the
     * port of a connection knows it, in fewer bytes.
     */
    private @Nullable SocketAddress peer;

    /** Once it is known. */
    private @Nullable SocketAddress local;

    /** Who waits for it, with null for success. */
    private @Nullable Consumer<@Nullable IoException> waiting;

    /** What is going on while it connects, for messages. */
    private String beginning = "connect";

    /** What {@link #runDeferred} is to deliver. */
    private int outcome;

    /** Why the driver made no socket, in its own words, which may say what to do about it. */
    private @Nullable IoException refusal;

    Connection(LoopStream stream) {
        this.stream = stream;
    }

    /** Whether a connect was asked for or a socket adopted. */
    boolean isBegun() {
        return state != State.NEW;
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    boolean hasFailed() {
        return state == State.FAILED;
    }

    /** Makes the socket that is going to connect, with the options that are known, and binds it. */
    void bind(SocketAddress address) throws IoException {
        if (isBegun() || port != null) {
            throw new IllegalStateException(
                    "bind: "
                            + stream
                            + (isBegun() ? " has a connection" : " is bound")
                            + " already");
        }
        SocketAddress wanted = KernelAddress.toBindTo(stream.loop(), address);
        StreamPort newPort;
        try {
            newPort = socketOf(KernelAddress.familyOf(wanted));
        } catch (IoException failure) {
            throw Failures.named("bind", address, failure);
        }
        port = newPort;
        int result = stream.applyOptions(newPort);
        IoException said = result < 0 ? stream.refusalOfOptions() : null;
        if (result >= 0) {
            result = newPort.bind(wanted);
        }
        if (result < 0) {
            letGo();
            peer = null;
            throw said != null
                    ? Failures.named("bind", address, said)
                    : IoException.of(result, "bind", address);
        }
    }

    private StreamPort socketOf(StandardProtocolFamily family) throws IoException {
        return stream.loop().driver.streams().stream(family, stream.inbound);
    }

    /** Connects a socket of the driver's. */
    <S extends ByteStream> CompletionStage<S> connect(
            S self, SocketAddress address, long timeoutNanos) {
        if (isBegun()) {
            throw new IllegalStateException("connect: " + stream + " has a connection already");
        }
        CompletionStage<S> stage = begins(self, address, timeoutNanos);
        known(begin(address));
        return stage;
    }

    /** What a call has answered is delivered later, unless it is pending, or to be made again. */
    private void known(int result) {
        if (result == Code.WOULD_BLOCK) {
            attempts().startAgain();
        } else if (result != Code.PENDING) {
            if (result != Code.OK) {
                letGo();
            }
            outcome = result;
            stream.loop().completions.add(this);
        }
    }

    private Attempts attempts() {
        if (attempts == null) {
            attempts = new Attempts();
        }
        return attempts;
    }

    /**
     * Comes about by a port that has begun to already, and will report it.
     *
     * @param operation what the port does until then, for messages
     */
    <S extends ByteStream> CompletionStage<S> connectThrough(
            S self,
            StreamPort newPort,
            String operation,
            @Nullable SocketAddress to,
            long timeoutNanos) {
        beginning = operation;
        port = newPort;
        return begins(self, to, timeoutNanos);
    }

    private <S extends ByteStream> CompletionStage<S> begins(
            S self, @Nullable SocketAddress to, long timeoutNanos) {
        Loop loop = stream.loop();
        LoopFuture<S> future = new LoopFuture<>(loop);
        waiting = failure -> future.end(self, failure);
        peer = to;
        state = State.CONNECTING;
        loop.handles.requestBegins();
        stream.updateActive();
        if (timeoutNanos > 0) {
            deadline = new Deadline();
            deadline.startIn(timeoutNanos);
        }
        return future;
    }

    private int begin(SocketAddress address) {
        SocketAddress target;
        StreamPort newPort;
        try {
            target = KernelAddress.toConnectTo(stream.loop(), address);
            if (port != null) {
                ensureReachable(target, port.localAddress());
                return port.connect(target);
            }
            newPort = socketOf(KernelAddress.familyOf(target));
        } catch (IoException failure) {
            refusal = failure;
            return failure.code();
        }
        port = newPort;
        int applied = stream.applyOptions(newPort);
        if (applied < 0) {
            refusal = stream.refusalOfOptions();
            return applied;
        }
        return newPort.connect(target);
    }

    /** A socket that is bound has its family. */
    private static void ensureReachable(SocketAddress target, @Nullable SocketAddress own)
            throws IoException {
        if (own != null && KernelAddress.familyOf(own) != KernelAddress.familyOf(target)) {
            throw Failures.because(
                    Code.FAMILY_NOT_SUPPORTED,
                    "connect",
                    target,
                    "the stream is bound to " + own + ", which is of another family");
        }
    }

    PeerCredentials peerCredentials() throws IoException {
        StreamPort current = socketFor("peerCredentials");
        if (current == null || state != State.CONNECTED) {
            throw new IllegalStateException(
                    "peerCredentials: " + stream + " is not connected; connect first");
        }
        int[] told = new int[3];
        int result = current.peerCredentials(told);
        if (result == Code.NOT_SUPPORTED) {
            throw IoException.because(
                    result,
                    "peerCredentials",
                    "backend "
                            + stream.loop().backend().name()
                            + " cannot tell: it takes a backend with descriptors");
        }
        if (result < 0) {
            throw failure("peerCredentials", result);
        }
        return new PeerCredentials(
                told[0], Integer.toUnsignedLong(told[1]), Integer.toUnsignedLong(told[2]));
    }

    /**
     * Takes over a connected socket. One whose peer is gone already refuses options on some
     * systems, and is handed over all the same: whoever reads or writes is told.
     */
    void adopt(StreamPort newPort) {
        port = newPort;
        state = State.CONNECTED;
        stream.port = newPort;
        stream.applyOptions(newPort);
    }

    /** The socket is to close, if there is one: from here on nobody finds it. */
    private void letGo() {
        StreamPort current = port;
        if (attempts != null) {
            attempts.stop();
        }
        if (current != null) {
            peer = remoteAddress();
            try {
                stream.socketIsToClose();
            } finally {
                port = null;
                stream.port = null;
                closingPorts++;
                current.close();
            }
        }
    }

    @Override
    public void runDeferred() {
        connectEnds(outcome);
    }

    @Override
    public LoopHandle owner() {
        return stream;
    }

    void onConnected(int code) {
        connectEnds(code);
    }

    /** The completion of the connect comes first, then that of what waited for it. */
    private void connectEnds(int code) {
        if (state != State.CONNECTING || !stream.isOpen()) {
            return;
        }
        if (code == Code.OK) {
            state = State.CONNECTED;
            stream.port = port;
        } else {
            state = State.FAILED;
            letGo();
        }
        complete(code);
        if (!stream.isOpen()) {
            return;
        }
        stream.updateActive();
        if (state == State.CONNECTED) {
            stream.inbound.connected();
            stream.outbound.connected();
        } else {
            stream.inbound.connectFailed();
            stream.outbound.connectFailed();
        }
    }

    private void complete(int code) {
        if (deadline != null) {
            deadline.stop();
        }
        stream.loop().handles.requestEnds();
        Consumer<@Nullable IoException> current = Objects.requireNonNull(waiting);
        if (code == Code.OK) {
            current.accept(null);
        } else {
            IoException said = refusal;
            current.accept(
                    said != null && said.code() == code
                            ? Failures.named(beginning, remoteAddress(), said)
                            : failure(beginning, code));
        }
    }

    void onClosed() {
        if (closingPorts > 0 && --closingPorts == 0 && !stream.isOpen()) {
            stream.released();
        }
    }

    /** Nobody waits for the socket any more; that of a layer may still say that it is closed. */
    void abandon() {
        closingPorts = 0;
    }

    /**
     * Makes the coming close a reset. The kernel may have finished a connect that the loop has yet
     * to hear of, so a connecting socket is told, too; one that refuses is broken, and needs none.
     */
    void resetWhenClosed() {
        if (port != null) {
            port.setOption(PortOption.RESET_AT_CLOSE, 1);
        }
    }

    /** The stream closes: so does the socket, if there is one. */
    void closeSocket() {
        letGo();
        if (closingPorts == 0) {
            stream.released();
        }
    }

    /** The stream has closed: an unfinished connect is cancelled. */
    void finish() {
        if (state == State.CONNECTING) {
            state = State.FAILED;
            complete(Code.CANCELLED);
        }
    }

    /** For the user's question or command: the socket, or null if there is none yet. */
    @Nullable StreamPort socketFor(String method) {
        stream.ensureOpen(method);
        if (port == null && state != State.NEW) {
            throw new IllegalStateException(
                    method
                            + ": "
                            + stream
                            + " has no socket any more, its connect failed; close it");
        }
        return port;
    }

    /** Null while there is no socket. That of a connection stays the same, and is asked once. */
    @Nullable SocketAddress localAddress() {
        if (port == null) {
            return null;
        }
        if (state != State.CONNECTED) {
            return port.localAddress();
        }
        if (local == null) {
            local = port.localAddress();
        }
        return local;
    }

    @Nullable SocketAddress remoteAddress() {
        StreamPort current = port;
        return peer == null && current != null ? current.remoteAddress() : peer;
    }

    /**
     * Both ends as far as they are known. Any thread; asks nobody, so it may lack the own one, and
     * on other threads than the loop's both.
     */
    String ends() {
        SocketAddress own = local;
        SocketAddress other = stream.loop().inLoop() ? remoteAddress() : peer;
        return (own == null ? "" : " local " + own) + (other == null ? "" : " peer " + other);
    }

    int descriptor() {
        StreamPort current = socketFor("fileDescriptor");
        Loop loop = stream.loop();
        if (!loop.capabilities.descriptors()) {
            throw new UnsupportedOperationException(
                    "backend " + loop.backend().name() + " has no file descriptors");
        }
        if (current == null) {
            throw new IllegalStateException("fileDescriptor: " + stream + " has no socket yet");
        }
        return current.descriptor();
    }

    /** Whether it says that the connection is gone, in both directions. */
    static boolean isLoss(int code) {
        return switch (code) {
            case Code.RESET,
                    Code.BROKEN_PIPE,
                    Code.ABORTED,
                    Code.TIMED_OUT,
                    Code.REFUSED,
                    Code.HOST_DOWN,
                    Code.HOST_UNREACHABLE,
                    Code.NETWORK_DOWN,
                    Code.NETWORK_UNREACHABLE ->
                    true;
            default -> false;
        };
    }

    static InetSocketAddress resolved(SocketAddress address) {
        Objects.requireNonNull(address, "address");
        if (!(address instanceof InetSocketAddress inet)) {
            throw new IllegalArgumentException("TCP needs an InetSocketAddress: " + address);
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedHostException(inet);
        }
        return inet;
    }

    IoException failure(String operation, int code) {
        return failure(operation, code, 0);
    }

    IoException failure(String operation, int code, long bytesTransferred) {
        IoException refusal = stream.outbound.refusal();
        if (refusal != null && refusal.code() == code) {
            return Failures.behind(refusal, operation, remoteAddress(), null, bytesTransferred);
        }
        return stream.failure(operation, code, remoteAddress(), bytesTransferred);
    }

    IoException failure(FileRegion region, int code) {
        IoException own = region.refusal();
        IoException refusal = stream.outbound.refusal();
        if (refusal != null && refusal.code() == code) {
            return own == refusal
                    ? own
                    : Failures.behind(refusal, "sendFile", remoteAddress(), region.path(), 0);
        }
        return Failures.ofSending(
                code, region.path(), region.position(), remoteAddress(), region.sent());
    }

    /** Gives up a connect that takes too long: the socket goes, the stream stays. */
    private final class Deadline extends IoDeadline {
        Deadline() {
            super(stream.loop());
        }

        @Override
        public boolean isDue(long time) {
            return state == State.CONNECTING && stream.isOpen();
        }

        /** By the call that starts this. */
        @Override
        public boolean isAsked(long time) {
            return true;
        }

        @Override
        public void notDue() {}

        @Override
        public void over(long time) {
            connectEnds(Code.TIMED_OUT);
        }

        @Override
        public void failed(Throwable failure) {
            stream.loop().guard.failed(stream, failure);
        }
    }

    /**
     * Connects again and again while the backlog of a Unix-domain server is full. TCP waits for
     * that by itself; there the kernel answers EAGAIN, and says nothing when there is room.
     */
    private final class Attempts extends TimerNode {
        private long pauseNanos = FIRST_PAUSE_NANOS;

        void startAgain() {
            stream.loop().timers.start(this, stream.loop().clock.now() + pauseNanos);
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
        }

        void stop() {
            stream.loop().timers.stop(this);
        }

        @Override
        public void expire() {
            StreamPort current = port;
            SocketAddress to = peer;
            if (state == State.CONNECTING && current != null && to != null) {
                known(current.connect(to));
            }
        }

        @Override
        public void failed(Throwable failure) {
            stream.loop().guard.failed(stream, failure);
        }
    }
}
