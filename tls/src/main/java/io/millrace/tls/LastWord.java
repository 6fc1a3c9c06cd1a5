// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * How a stream of TLS leaves the one below: after a {@code close_notify} or an alert that the peer
 * is to read. If the socket closed while bytes of the peer's were unread or on their way, the
 * kernel would reset the connection, and the reset overtake the word. So it stays for a while, and
 * reads what comes, within bounds.
 */
final class LastWord {
    /** How long it may wait for a peer that does not read. */
    private static final Duration TIME = Duration.ofSeconds(2);

    /** How long a close waits for tickets that the peer may not send: for some round trips. */
    private static final Duration TICKETS_TIME = Duration.ofMillis(500);

    private static final long MOST_DRAINED_BYTES = 1 << 18;

    private final ByteStream below;
    private final SSLEngine engine;
    private final RecordWriter writer;

    /** Whether it has been said and the peer is given time to read it. */
    private boolean lingers;

    private long drained;
    private boolean isAlert;

    LastWord(ByteStream below, SSLEngine engine, RecordWriter writer) {
        this.below = below;
        this.engine = engine;
        this.writer = writer;
    }

    /**
     * Says {@code close_notify}, unless an alert has said more, and closes the stream below, at
     * once or when the peer has had time to read it.
     *
     * @param failure whose alert is on its way; null for an orderly end
     * @param peerEnded whether the peer has finished, so that nothing of its can be on its way
     * @param ticketsMayCome whether it may be about to send some that nobody has asked for
     */
    void say(@Nullable TlsFailure failure, boolean peerEnded, boolean ticketsMayCome) {
        isAlert = failure != null;
        if (!isAlert) {
            writer.closeNotify();
        }
        below.writeTimeout(TIME, ByteStream::close);
        boolean awaitsTickets =
                ticketsMayCome && engine.getUseClientMode() && TlsPort.isTls13(engine);
        if (!peerEnded && below.isWritable() && (isAlert || awaitsTickets)) {
            lingers = true;
            below.readTimeout(isAlert ? TIME : TICKETS_TIME, ByteStream::close);
            below.shutdown();
            below.resumeReading();
        } else if (below.writeQueueSize() == 0) {
            below.close();
        } else {
            below.closeWhenWritten();
        }
    }

    /** Something has come; whoever lingers for an alert reads more, and tickets are one batch. */
    void heard(Chunk chunk) {
        if (!lingers) {
            return;
        }
        drained += chunk.length();
        if (!isAlert || drained > MOST_DRAINED_BYTES) {
            below.close();
        }
    }

    /** The peer has read it, or never will. */
    void peerIsGone() {
        if (lingers) {
            below.close();
        }
    }
}
