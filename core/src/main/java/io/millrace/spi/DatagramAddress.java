// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An internet address and a port as numbers, in memory that is used again: a datagram comes from
 * somewhere and goes somewhere, and an object for each would be garbage.
 *
 * <p>It has the numbers, or the JDK's object, or both, and makes of one the other when that is
 * asked for. An IPv4-mapped address is an IPv4 one, as in {@code java.net}. Loop thread only.
 */
public final class DatagramAddress {
    /** The family of no address at all. */
    public static final int NONE = 0;

    public static final int INET = 4;
    public static final int INET6 = 6;

    private static final int INET6_BYTES = 16;
    private static final long MAPPED_PREFIX = 0xffffL;

    private int family = NONE;
    private long high;
    private long low;
    private int port;
    private int scope;
    private @Nullable InetSocketAddress object;
    private boolean hasNumbers = true;

    public DatagramAddress() {}

    /** No address from now on. */
    public void clear() {
        family = NONE;
        object = null;
        hasNumbers = true;
    }

    /** An IPv4 address, the first of its bytes uppermost. */
    public void setInet(int address, int newPort) {
        family = INET;
        high = 0;
        low = Integer.toUnsignedLong(address);
        port = newPort;
        scope = 0;
        object = null;
        hasNumbers = true;
    }

    /** An IPv6 address, the first of its bytes uppermost in {@code newHigh}. */
    public void setInet6(long newHigh, long newLow, int newPort, int newScope) {
        if (newHigh == 0 && newLow >>> Integer.SIZE == MAPPED_PREFIX) {
            setInet((int) newLow, newPort);
            return;
        }
        family = INET6;
        high = newHigh;
        low = newLow;
        port = newPort;
        scope = newScope;
        object = null;
        hasNumbers = true;
    }

    /** What the object says, which must be resolved; it is kept, and not asked before it has to. */
    public void set(InetSocketAddress address) {
        object = address;
        hasNumbers = false;
    }

    public void set(DatagramAddress other) {
        family = other.family;
        high = other.high;
        low = other.low;
        port = other.port;
        scope = other.scope;
        object = other.object;
        hasNumbers = other.hasNumbers;
    }

    /** Whether there is one. */
    public boolean isKnown() {
        return !hasNumbers || family != NONE;
    }

    /** {@link #INET}, {@link #INET6} or {@link #NONE}. */
    public int family() {
        ensureNumbers();
        return family;
    }

    /** The first eight bytes of an IPv6 address; 0 of an IPv4 one. */
    public long high() {
        ensureNumbers();
        return high;
    }

    /** The last eight bytes of an IPv6 address, or the four of an IPv4 one. */
    public long low() {
        ensureNumbers();
        return low;
    }

    public int port() {
        ensureNumbers();
        return port;
    }

    /** The index of the interface that a link-local address is one of; 0 if that is not said. */
    public int scope() {
        ensureNumbers();
        return scope;
    }

    /** Makes the numbers of the object, if that was not done. */
    public void ensureNumbers() {
        InetSocketAddress known = object;
        if (hasNumbers || known == null) {
            return;
        }
        InetAddress host = known.getAddress();
        ByteBuffer bytes = ByteBuffer.wrap(host.getAddress());
        if (bytes.capacity() == INET6_BYTES) {
            int scoped = host instanceof Inet6Address six ? six.getScopeId() : 0;
            setInet6(bytes.getLong(0), bytes.getLong(Long.BYTES), known.getPort(), scoped);
        } else {
            setInet(bytes.getInt(0), known.getPort());
        }
        object = known;
    }

    /** Whether it is the same address and port; a scope that one of both does not say is any. */
    public boolean isSame(DatagramAddress other) {
        ensureNumbers();
        other.ensureNumbers();
        return low == other.low
                && high == other.high
                && port == other.port
                && family == other.family
                && (scope == other.scope || scope == 0 || other.scope == 0);
    }

    /** Equal if the numbers are, scope included. */
    public int hash() {
        ensureNumbers();
        long mixed = (low * 31 + high) * 31 + port;
        mixed = (mixed ^ mixed >>> Integer.SIZE) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> Integer.SIZE) ^ scope;
    }

    /** As an object: the one that was given, or a new one. Only if it {@link #isKnown}. */
    public InetSocketAddress toObject() {
        InetSocketAddress known = object;
        if (known == null) {
            known = new InetSocketAddress(host(), port);
            object = known;
        }
        return known;
    }

    private InetAddress host() {
        try {
            if (family == INET) {
                byte[] four = ByteBuffer.allocate(Integer.BYTES).putInt((int) low).array();
                return InetAddress.getByAddress(four);
            }
            byte[] all = ByteBuffer.allocate(INET6_BYTES).putLong(high).putLong(low).array();
            return scope == 0
                    ? InetAddress.getByAddress(all)
                    : Inet6Address.getByAddress(null, all, scope);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 or 16 bytes always are an address", impossible);
        }
    }

    @Override
    public String toString() {
        return isKnown() ? toObject().toString() : "no address";
    }
}
