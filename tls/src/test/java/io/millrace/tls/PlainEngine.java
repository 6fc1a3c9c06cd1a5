// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * An engine whose records hold the plaintext as it is: it has no handshake, allocates nothing for a
 * record of a size that it has had, and can be told to hand plaintext out by little and little. A
 * record of one byte 0 and of type 21 is its {@code close_notify}.
 */
final class PlainEngine extends SSLEngine {
    private static final int HEADER = 5;
    private static final byte ALERT = 21;
    private static final byte DATA = 23;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final SSLSession SESSION =
            (SSLSession)
                    Proxy.newProxyInstance(
                            PlainEngine.class.getClassLoader(),
                            new Class<?>[] {SSLSession.class},
                            (self, method, arguments) -> {
                                if (method.getName().equals("getProtocol")) {
                                    return "TLSv1.3";
                                }
                                throw new UnsupportedOperationException(method.getName());
                            });

    /**
     * Results that were given before, at a place for each of the few shapes that they come in; one
     * thread works with all engines at a time.
     */
    private static final SSLEngineResult[] LAST_RESULTS = new SSLEngineResult[8];

    private final int mostAtOnce;

    /** What is left of a record that was taken. */
    private ByteBuffer kept = NOTHING;

    private boolean isClient;
    private boolean inboundDone;
    private boolean outboundDone;
    private boolean saidSo;

    /**
     * @param isClient which end it is
     * @param mostAtOnce how much one unwrap hands out, the rest of the record being kept
     */
    PlainEngine(boolean isClient, int mostAtOnce) {
        this.isClient = isClient;
        this.mostAtOnce = mostAtOnce;
    }

    private SSLEngineResult result(Status status, int consumed, int produced) {
        int place = ((consumed & 3) << 1 | (produced > consumed ? 1 : 0)) & 7;
        SSLEngineResult last = LAST_RESULTS[place];
        if (last == null
                || last.getStatus() != status
                || last.bytesConsumed() != consumed
                || last.bytesProduced() != produced) {
            last = new SSLEngineResult(status, HandshakeStatus.NOT_HANDSHAKING, consumed, produced);
            LAST_RESULTS[place] = last;
        }
        return last;
    }

    private static void move(ByteBuffer from, ByteBuffer into, int bytes) {
        into.put(into.position(), from, from.position(), bytes);
        from.position(from.position() + bytes);
        into.position(into.position() + bytes);
    }

    private static void header(ByteBuffer into, byte type, int bytes) {
        into.put(type).put((byte) 3).put((byte) 3).putShort((short) bytes);
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer source, ByteBuffer records) {
        if (outboundDone) {
            if (saidSo) {
                return result(Status.CLOSED, 0, 0);
            }
            saidSo = true;
            header(records, ALERT, 1);
            records.put((byte) 0);
            return result(Status.CLOSED, 0, HEADER + 1);
        }
        int bytes = source.remaining();
        header(records, DATA, bytes);
        move(source, records, bytes);
        return result(Status.OK, bytes, HEADER + bytes);
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer records, ByteBuffer plain) {
        if (kept.hasRemaining()) {
            return handOut(kept, plain, 0);
        }
        if (records.remaining() < HEADER) {
            return result(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        byte type = records.get(records.position());
        int bytes = records.getShort(records.position() + 3) & 0xffff;
        records.position(records.position() + HEADER);
        if (type == ALERT) {
            records.position(records.position() + bytes);
            inboundDone = true;
            return result(Status.CLOSED, HEADER + bytes, 0);
        }
        if (bytes <= mostAtOnce) {
            move(records, plain, bytes);
            return result(Status.OK, HEADER + bytes, bytes);
        }
        kept = ByteBuffer.allocate(bytes);
        move(records, kept, bytes);
        kept.flip();
        return handOut(kept, plain, HEADER + bytes);
    }

    /** As Conscrypt's does with a buffer that is too small. */
    private SSLEngineResult handOut(ByteBuffer from, ByteBuffer plain, int consumed) {
        int bytes = Math.min(from.remaining(), Math.min(mostAtOnce, plain.remaining()));
        move(from, plain, bytes);
        return result(from.hasRemaining() ? Status.BUFFER_OVERFLOW : Status.OK, consumed, bytes);
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] sources, int first, int count, ByteBuffer records)
            throws SSLException {
        throw new SSLException("not asked for");
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer records, ByteBuffer[] plain, int first, int count)
            throws SSLException {
        throw new SSLException("not asked for");
    }

    @Override
    public Runnable getDelegatedTask() {
        return null;
    }

    @Override
    public void closeInbound() {
        inboundDone = true;
    }

    @Override
    public boolean isInboundDone() {
        return inboundDone;
    }

    @Override
    public void closeOutbound() {
        outboundDone = true;
    }

    @Override
    public boolean isOutboundDone() {
        return saidSo;
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return new String[0];
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return new String[0];
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String[] getSupportedProtocols() {
        return new String[0];
    }

    @Override
    public String[] getEnabledProtocols() {
        return new String[0];
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SSLSession getSession() {
        return SESSION;
    }

    @Override
    public void beginHandshake() {
        // There is none.
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        return HandshakeStatus.NOT_HANDSHAKING;
    }

    @Override
    public void setUseClientMode(boolean mode) {
        isClient = mode;
    }

    @Override
    public boolean getUseClientMode() {
        return isClient;
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean getNeedClientAuth() {
        return false;
    }

    @Override
    public void setWantClientAuth(boolean want) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean getWantClientAuth() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean getEnableSessionCreation() {
        return false;
    }
}
