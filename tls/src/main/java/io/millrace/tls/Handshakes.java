// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.StreamServer;
import io.millrace.spi.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes of a server, or of those of a group: begins them, counts them, and has the servers
 * pause while there are too many. Any loop's thread.
 */
final class Handshakes implements ConnectionHandler<ByteStream> {
    private final TlsContext context;
    private final int most;
    private final ConnectionHandler<? super TlsStream> handler;

    volatile HandshakeFailureHandler failureHandler = (stream, failure) -> {};

    private final Object lock = new Object();
    private final List<StreamServer> limited = new ArrayList<>();
    private final List<StreamServer> pausedByUser = new ArrayList<>();
    private int underWay;
    private int closedServers;
    private boolean paused;

    Handshakes(TlsContext context, int most, ConnectionHandler<? super TlsStream> handler) {
        this.context = Objects.requireNonNull(context, "context");
        this.handler = Objects.requireNonNull(handler, "handler");
        this.most = most;
        if (most < 1) {
            throw new IllegalArgumentException("mostHandshakes must be at least 1: " + most);
        }
    }

    void limit(StreamServer server) {
        boolean late;
        synchronized (lock) {
            limited.add(server);
            late = paused;
        }
        if (late) {
            settle(server);
        }
    }

    /** One of the servers closes; when all have, nothing is handed on any more. */
    void serverCloses() {
        synchronized (lock) {
            closedServers++;
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closedServers > 0 && closedServers == limited.size();
        }
    }

    int underWay() {
        synchronized (lock) {
            return underWay;
        }
    }

    void pausedByUser(StreamServer server, boolean isPaused) {
        synchronized (lock) {
            pausedByUser.remove(server);
            if (isPaused) {
                pausedByUser.add(server);
            }
        }
        apply(server);
    }

    @Override
    public void onConnection(ByteStream connection) {
        TlsStream stream = TlsStream.server(connection, context);
        count(1);
        stream.handshake().whenComplete((done, failure) -> ended(stream, failure));
    }

    private void ended(TlsStream stream, @Nullable Throwable failure) {
        count(-1);
        try {
            if (isClosed()) {
                stream.close();
            } else if (failure == null) {
                handler.onConnection(stream);
            } else {
                failureHandler.onHandshakeFailure(stream, told(failure));
                stream.close();
            }
        } catch (Throwable thrown) {
            // As of any connection handler: the stream closes, and the loop's handler is told.
            ((TlsConnection) stream).thrown(thrown);
        }
    }

    private static IoException told(Throwable failure) {
        return failure instanceof IoException io
                ? io
                : IoException.of(Code.IO_ERROR, "handshake", null, 0, failure);
    }

    private void count(int change) {
        List<StreamServer> changed = List.of();
        synchronized (lock) {
            underWay += change;
            boolean tooMany = underWay >= most;
            if (tooMany != paused) {
                paused = tooMany;
                changed = List.copyOf(limited);
            }
        }
        changed.forEach(this::settle);
    }

    /** Each on its own loop. */
    private void settle(StreamServer server) {
        if (server.loop().inLoop()) {
            apply(server);
            return;
        }
        try {
            server.loop().execute(() -> apply(server));
        } catch (RejectedExecutionException closed) {
            // Its loop is closed, and so is the server.
            return;
        }
    }

    private void apply(StreamServer server) {
        boolean pauses;
        synchronized (lock) {
            pauses = paused || pausedByUser.contains(server);
        }
        if (server.isClosing()) {
            return;
        }
        if (pauses) {
            server.pauseAccept();
        } else {
            server.resumeAccept();
        }
    }
}
