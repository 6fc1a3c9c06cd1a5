// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopGroup;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TaskQueue;
import io.millrace.internal.loop.TimerNode;
import io.millrace.internal.loop.TurnShares;
import io.millrace.net.AcceptErrorHandler;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.StreamServer;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.FileErrors;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.Log;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server over a listening socket of the driver's, of whichever family.
 *
 * @param <S> its streams
 */
public abstract class SocketServer<S extends SocketStream> extends LoopHandle {
    /**
     * How long to wait for descriptors or memory to be freed. Short for a person, long for a loop
     * that would otherwise spin on a connection it cannot take.
     */
    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    static {
        // Loads the classes that reporting this takes: out of descriptors, none can be loaded from
        // a directory any more.
        IoException.of(Code.TOO_MANY_FILES, "accept", null);
    }

    private final ConnectionHandler<? super S> handler;
    private final Function<Loop, S> kind;

    /** What listening has made beside the socket, or null. */
    private final @Nullable UnixFile file;

    private final @Nullable LoopGroup group;
    private final SocketAddress address;
    private final ListenerPort port;
    private final BackOff backOff = new BackOff();
    private final AcceptLog log = new AcceptLog(this);

    /** Accepted before the driver had heard of a pause, or when the turn's share was used up. */
    private final ArrayDeque<Accepted> parked = new ArrayDeque<>();

    private final Deferred unparking = new Unparking();
    private @Nullable AcceptErrorHandler errorHandler;

    /** The turn to which {@link #opened} belongs. */
    private int turn;

    /** How many connections were taken in it. */
    private int opened;

    private boolean armed;
    private boolean stopping;
    private boolean paused;

    SocketServer(
            Loop loop,
            ListenSpec spec,
            @Nullable UnixFile file,
            @Nullable LoopGroup group,
            Function<Loop, S> kind,
            ConnectionHandler<? super S> handler)
            throws IoException {
        super(loop);
        this.handler = handler;
        this.kind = kind;
        this.file = file;
        this.group = group;
        ListenerPort opened = open(loop, spec);
        port = opened;
        try {
            if (file != null) {
                file.bound();
            }
            SocketAddress bound = opened.localAddress();
            this.address = bound == null ? spec.address() : bound;
            armed = true;
            opened.startAccept();
        } catch (RuntimeException | Error failure) {
            letGo();
            throw failure;
        }
    }

    /** The file goes first: who finds it is to find somebody who listens. */
    private void letGo() {
        if (file != null) {
            file.release();
        }
        port.close();
    }

    private ListenerPort open(Loop loop, ListenSpec spec) throws IoException {
        try {
            return loop.driver.streams().listen(spec, new Events());
        } catch (IoException failure) {
            throw Failures.named("listen", spec.address(), failure);
        }
    }

    /** Makes it a handle of its loop. */
    static <T extends SocketServer<?>> T opened(T server) {
        server.join();
        server.setActive(true);
        return server;
    }

    /** A connection can only be adopted by the kind of driver that accepted it. */
    static void ensureSameBackend(Loop loop, @Nullable LoopGroup group) {
        if (group == null) {
            return;
        }
        if (group.isClosed()) {
            throw new IllegalArgumentException(
                    "the group that connections are to be handed to is closed");
        }
        String accepting = loop.backend().name();
        String serving = group.next().backend().name();
        if (!accepting.equals(serving)) {
            throw new IllegalArgumentException(
                    "a server on backend "
                            + accepting
                            + " cannot hand connections to a group on "
                            + serving);
        }
    }

    /** Options by number take an engine that has descriptors. */
    static void ensureNumbers(Loop loop, ServerOptions options, SocketAddress address)
            throws IoException {
        if (!options.options().isEmpty() && !loop.capabilities.descriptors()) {
            throw Failures.named(
                    "listen",
                    address,
                    SocketStreamOptions.noNumbers(loop, options.options().get(0)));
        }
    }

    public SocketAddress localAddress() {
        return address;
    }

    public void pauseAccept() {
        ensureOpen("pauseAccept");
        paused = true;
        loop().timers.stop(backOff);
        stopAccept();
    }

    private void stopAccept() {
        if (armed && !stopping) {
            stopping = true;
            port.stopAccept();
        }
    }

    public void resumeAccept() {
        ensureOpen("resumeAccept");
        paused = false;
        if (parked.isEmpty()) {
            proceed();
        } else {
            loop().completions.add(unparking);
        }
    }

    public void onAcceptError(AcceptErrorHandler handler) {
        ensureOpen("onAcceptError");
        errorHandler = Objects.requireNonNull(handler, "handler");
    }

    @Override
    public void startClosing() {
        loop().timers.stop(backOff);
        loop().timers.stop(log);
        for (Accepted connection : parked) {
            connection.close();
        }
        parked.clear();
        letGo();
    }

    private void proceed() {
        boolean wanted = !paused && isOpen() && parked.isEmpty();
        if (!armed && wanted && backOff.place == TimerNode.IDLE) {
            armed = true;
            port.startAccept();
        }
    }

    private boolean hasSpentShare() {
        return turn == loop().shares.turn() && opened >= TurnShares.CONNECTIONS;
    }

    private void accepted(Accepted connection) {
        int now = loop().shares.turn();
        opened = turn == now ? opened + 1 : 1;
        turn = now;
        if (group == null) {
            open(loop(), connection);
            return;
        }
        Loop target = group.next();
        if (target == loop()) {
            open(target, connection);
            return;
        }
        try {
            target.execute(new HandOver(target, connection));
        } catch (RejectedExecutionException closed) {
            connection.close();
            report(lost());
        } catch (OutOfMemoryError lacking) {
            connection.close();
            report(IoException.of(Code.NO_MEMORY, "accept", address, 0, lacking));
        }
    }

    private static IoException lost() {
        return IoException.because(Code.CANCELLED, "accept", "the group's loop is closed");
    }

    /** On the thread of {@code target}, which need not be the server's. */
    private void open(Loop target, Accepted connection) {
        S stream;
        try {
            stream = SocketStream.adopted(target, kind, connection);
        } catch (IoException failure) {
            reportFromAnywhere(failure);
            return;
        } catch (RuntimeException | Error failure) {
            int code = FileErrors.codeOf(failure);
            reportFromAnywhere(IoException.of(code, "accept", address, 0, failure));
            return;
        }
        CallbackGuard guard = target.guard;
        long began = guard.begins();
        try {
            handler.onConnection(stream);
        } catch (Throwable failure) {
            guard.failed(stream, failure);
        }
        guard.ended(began);
        ((SocketStream) stream).outbound.flushBurst();
    }

    private void reportFromAnywhere(IoException failure) {
        if (loop().inLoop()) {
            report(failure);
        } else {
            try {
                loop().execute(() -> report(failure));
            } catch (RejectedExecutionException closed) {
                logLost(failure);
            }
        }
    }

    /** For whom there is no server left to tell. */
    private void logLost(IoException failure) {
        Log.CORE.report(
                System.Logger.Level.WARNING,
                () -> this + " on " + address + " has lost a connection",
                failure);
    }

    private void report(IoException failure) {
        AcceptErrorHandler current = errorHandler;
        if (current == null || !isOpen()) {
            log.failed(failure);
            return;
        }
        CallbackGuard guard = loop().guard;
        long began = guard.begins();
        try {
            current.onAcceptError((StreamServer) this, failure);
        } catch (Throwable thrown) {
            guard.failed(this, thrown);
        }
        guard.ended(began);
    }

    private final class Events implements ListenerSink {
        @Override
        public void onAccept(Accepted connection) {
            try {
                acceptedOrParked(connection);
            } catch (Throwable failure) {
                loop().guard.failed(SocketServer.this, failure);
            }
        }

        private void acceptedOrParked(Accepted connection) {
            if (!isOpen()) {
                connection.close();
            } else if (paused || !parked.isEmpty()) {
                parked.add(connection);
            } else if (hasSpentShare()) {
                parked.add(connection);
                loop().shares.continueNextTurn(unparking);
                stopAccept();
            } else {
                accepted(connection);
            }
        }

        @Override
        public void onAcceptStopped(int code) {
            try {
                acceptStopped(code);
            } catch (Throwable failure) {
                loop().guard.failed(SocketServer.this, failure);
            }
        }

        private void acceptStopped(int code) {
            armed = false;
            stopping = false;
            if (!isOpen()) {
                return;
            }
            if (code != Code.CANCELLED) {
                loop().timers.start(backOff, loop().clock.now() + BACK_OFF_NANOS);
                report(IoException.of(code, "accept", address));
            }
            proceed();
        }

        /** Of a server that did not come about nobody knows. */
        @Override
        public void onClosed() {
            if (!isOpen()) {
                released();
            }
        }
    }

    /** A connection on its way to another loop, which may close before it gets there. */
    private final class HandOver implements TaskQueue.Abandonable {
        private final Loop target;
        private final Accepted connection;

        HandOver(Loop target, Accepted connection) {
            this.target = target;
            this.connection = connection;
        }

        @Override
        public void run() {
            open(target, connection);
        }

        @Override
        public void abandon() {
            connection.close();
            reportFromAnywhere(lost());
        }
    }

    private final class BackOff extends TimerNode {
        @Override
        public void expire() {
            proceed();
        }

        @Override
        public void failed(Throwable failure) {
            loop().guard.failed(SocketServer.this, failure);
        }
    }

    private final class Unparking extends Deferred {
        @Override
        public void runDeferred() {
            while (!paused && isOpen() && !parked.isEmpty()) {
                if (hasSpentShare()) {
                    loop().shares.continueNextTurn(this);
                    return;
                }
                accepted(parked.remove());
            }
            proceed();
        }

        @Override
        public LoopHandle owner() {
            return SocketServer.this;
        }
    }
}
