// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.IntFunction;
import javax.net.ssl.SSLEngine;

/**
 * Connections that live for a handshake and one byte that comes back, a fixed number of them at any
 * time. An operation is one of them. They follow each other in lines: where sessions are resumed,
 * each resumes that of the one before it in its line, and it is an error if one is not.
 */
public final class HandshakeLoad extends Load {
    /** Sessions are found by it; no line has such a number. */
    private static final int FIRST_FRESH = 1 << 16;

    private final IntFunction<SSLEngine> engines;
    private final boolean resumed;
    private final ByteBuffer received = ByteBuffer.allocate(64 << 10);
    private final long[] sessionsMade;
    private int alive;
    private int born;
    private boolean finishing;

    private final class Connection {
        private final int line;
        private final TlsChannel tls;
        private final SelectionKey key;
        private boolean said;

        Connection(int line) throws IOException {
            this.line = line;
            SocketChannel channel = Connecting.toServer(server);
            tls = new TlsChannel(engines.apply(resumed ? line : FIRST_FRESH + born++), channel);
            key = register(channel, SelectionKey.OP_READ, this);
            tls.speak();
        }

        void ready() throws IOException {
            boolean goesOn = tls.read(received.clear());
            if (!goesOn) {
                throw new IOException("the server has closed a connection");
            }
            if (tls.isShaken() && !said) {
                said = true;
                shaken();
                tls.write(ByteBuffer.wrap(new byte[] {(byte) line}));
            }
            key.interestOps(tls.interests());
            if (received.position() > 0) {
                if (received.position() > 1 || received.get(0) != (byte) line) {
                    throw new IOException("another byte came back than was sent");
                }
                die();
            }
        }

        private void shaken() throws IOException {
            long made = tls.session().getCreationTime();
            if (resumed && sessionsMade[line] != 0 && sessionsMade[line] != made) {
                throw new IOException("a session was not resumed");
            }
            sessionsMade[line] = made;
        }

        private void die() throws IOException {
            tls.end();
            tls.close();
            alive--;
            count(1);
            if (!finishing) {
                giveBirth(line);
            }
        }
    }

    /**
     * Opens the first of each line.
     *
     * @param engines makes one for the peer of a number: that of a number that it had before may
     *     resume
     */
    public HandshakeLoad(
            RunningServer server, IntFunction<SSLEngine> engines, int lines, boolean resumed)
            throws IOException {
        super(server);
        this.engines = engines;
        this.resumed = resumed;
        sessionsMade = new long[lines];
        try {
            for (int i = 0; i < lines; i++) {
                giveBirth(i);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void giveBirth(int line) throws IOException {
        alive++;
        new Connection(line);
    }

    @Override
    public void finish() throws IOException {
        finishing = true;
        drain(() -> alive);
    }

    @Override
    void ready(SelectionKey key) throws IOException {
        progress();
        ((Connection) key.attachment()).ready();
    }
}
