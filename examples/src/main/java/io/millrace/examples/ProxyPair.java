// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpStream;
import io.millrace.tls.TlsStream;

/**
 * Two connections, each of which is sent what the other receives.
 *
 * <ul>
 *   <li>Back-pressure passes through: while one side takes nothing, the other is not read from.
 *   <li>So does the end of one direction: it is a half-close, and the other direction goes on.
 *   <li>When both directions have ended, or one side has failed, both connections close; after a
 *       failure with a reset, because the other side must not take what it got for everything.
 * </ul>
 */
final class ProxyPair implements ReadHandler {
    private final ByteStream one;
    private final ByteStream other;
    private int directionsEnded;

    private ProxyPair(ByteStream one, ByteStream other) {
        this.one = one;
        this.other = other;
    }

    /** Begins to pass on; {@code other} may still be connecting. */
    static void join(ByteStream one, ByteStream other) {
        ProxyPair pair = new ProxyPair(one, other);
        keepAlive(one);
        keepAlive(other);
        pair.connect(one, other);
        pair.connect(other, one);
        one.read(pair);
        other.read(pair);
    }

    /** A peer on the same machine cannot vanish unnoticed. */
    private static void keepAlive(ByteStream stream) {
        if (stream instanceof TcpStream tcp) {
            tcp.options().keepAlive(true);
        } else if (stream instanceof TlsStream tls) {
            keepAlive(tls.below());
        }
    }

    private void connect(ByteStream from, ByteStream to) {
        to.onWritable(
                () -> {
                    if (!from.isClosing()) {
                        from.resumeReading();
                    }
                });
        to.onWriteFailure((stream, failure) -> fail());
        from.onClosed(to::closeReset);
    }

    @Override
    public void onRead(ByteStream from, Chunk chunk) {
        if (!peerOf(from).write(chunk)) {
            from.pauseReading();
        }
    }

    @Override
    public void onEnd(ByteStream from) {
        peerOf(from)
                .shutdown()
                .whenComplete(
                        (stream, failure) -> {
                            if (failure != null) {
                                fail();
                            } else if (++directionsEnded == 2) {
                                one.close();
                                other.close();
                            }
                        });
    }

    @Override
    public void onFailure(ByteStream from, IoException failure) {
        fail();
    }

    private void fail() {
        one.closeReset();
        other.closeReset();
    }

    private ByteStream peerOf(ByteStream stream) {
        return stream == one ? other : one;
    }
}
