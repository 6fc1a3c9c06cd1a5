// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.net.AbstractUnixAddress;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes Java's socket addresses into memory as the kernel's {@code sockaddr}, and reads them back.
 *
 * <p>Every access is checked against the memory's size. Reading trusts nothing: a kernel reports
 * the length that an address has, which may be more than there was room for. Stateless; any thread.
 */
public final class SocketAddressCodec {
    private static final int MAPPED_PREFIX_BYTES = 12;

    /** The last eight bytes of an IPv4-mapped address, without those of the IPv4 one. */
    private static final long MAPPED_PREFIX = 0xffff_0000_0000L;

    /** The same on every system. */
    private static final int AF_UNSPEC = 0;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final SocketAddressLayout layout;

    public SocketAddressCodec(SocketAddressLayout layout) {
        this.layout = layout;
    }

    /** The socket family that {@code address} needs. */
    public int family(SocketAddress address) throws IoException {
        if (address instanceof InetSocketAddress inet) {
            return resolved(inet) instanceof Inet6Address
                    ? layout.familyInet6()
                    : layout.familyInet();
        }
        if (address instanceof UnixDomainSocketAddress || address instanceof AbstractUnixAddress) {
            return layout.familyUnix();
        }
        throw refused(address, "no address of this kind: " + address.getClass().getName());
    }

    /**
     * Writes {@code address} at {@code offset} and answers its length. For a socket of family
     * {@code AF_INET6}, an IPv4 address is written as an IPv4-mapped one.
     *
     * @throws IoException with {@link Code#INVALID_ARGUMENT} if it has no {@code sockaddr}: not
     *     resolved, or a name too long for the system
     */
    public int write(SocketAddress address, int socketFamily, NativeMemory memory, int offset)
            throws IoException {
        if (address instanceof InetSocketAddress inet) {
            boolean six = socketFamily == layout.familyInet6();
            return six
                    ? writeInet6(resolved(inet), inet.getPort(), memory, offset)
                    : writeInet(inet, memory, offset);
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            return writeUnix(address, FileNames.bytes(unix.getPath()), memory, offset);
        }
        if (address instanceof AbstractUnixAddress named && layout.abstractNames()) {
            byte[] name = named.name();
            byte[] bytes = new byte[name.length + 1];
            System.arraycopy(name, 0, bytes, 1, name.length);
            return writeUnix(address, bytes, memory, offset);
        }
        throw refused(address, "no address of this kind here: " + address.getClass().getName());
    }

    /**
     * Reads the address of {@code length} bytes at {@code offset}; null if it is of a family this
     * library does not speak, or cut short.
     */
    public @Nullable SocketAddress read(NativeMemory memory, int offset, int length) {
        if (length < SocketAddressLayout.UNIX_PATH) {
            return null;
        }
        int family = layout.family(memory, offset);
        if (family == layout.familyInet() && length >= SocketAddressLayout.INET_BYTES) {
            return readInet(memory, offset);
        }
        if (family == layout.familyInet6() && length >= SocketAddressLayout.INET6_BYTES) {
            return readInet6(memory, offset);
        }
        return family == layout.familyUnix() ? readUnix(memory, offset, length) : null;
    }

    /** Reads the internet address of {@code length} bytes; any other is none. */
    public void read(NativeMemory memory, int offset, int length, DatagramAddress into) {
        into.clear();
        if (length < SocketAddressLayout.UNIX_PATH) {
            return;
        }
        int family = layout.family(memory, offset);
        if (family == layout.familyInet() && length >= SocketAddressLayout.INET_BYTES) {
            int host = bigEndian(memory.getInt(offset + SocketAddressLayout.INET_ADDRESS));
            into.setInet(host, getPort(memory, offset));
        } else if (family == layout.familyInet6() && length >= SocketAddressLayout.INET6_BYTES) {
            int at = offset + SocketAddressLayout.INET6_ADDRESS;
            into.setInet6(
                    bigEndian(memory.getLong(at)),
                    bigEndian(memory.getLong(at + Long.BYTES)),
                    getPort(memory, offset),
                    memory.getInt(offset + SocketAddressLayout.INET6_SCOPE));
        }
    }

    /**
     * Writes an address that is known, and answers its length. For a socket of family {@code
     * AF_INET6}, an IPv4 address is written as an IPv4-mapped one.
     */
    public int write(DatagramAddress address, int socketFamily, NativeMemory memory, int offset) {
        boolean isInet = address.family() == DatagramAddress.INET;
        if (socketFamily != layout.familyInet6()) {
            memory.zero(offset, SocketAddressLayout.INET_BYTES);
            layout.putHeader(memory, offset, layout.familyInet(), SocketAddressLayout.INET_BYTES);
            putPort(memory, offset, address.port());
            int host = bigEndian((int) address.low());
            memory.putInt(offset + SocketAddressLayout.INET_ADDRESS, host);
            return SocketAddressLayout.INET_BYTES;
        }
        memory.zero(offset, SocketAddressLayout.INET6_BYTES);
        layout.putHeader(memory, offset, layout.familyInet6(), SocketAddressLayout.INET6_BYTES);
        putPort(memory, offset, address.port());
        int at = offset + SocketAddressLayout.INET6_ADDRESS;
        long low = isInet ? address.low() | MAPPED_PREFIX : address.low();
        memory.putLong(at, bigEndian(address.high()));
        memory.putLong(at + Long.BYTES, bigEndian(low));
        memory.putInt(offset + SocketAddressLayout.INET6_SCOPE, address.scope());
        return SocketAddressLayout.INET6_BYTES;
    }

    /** No address: for ending a connection of datagrams. Answers its length. */
    int writeNone(int socketFamily, NativeMemory memory, int offset) {
        int length =
                socketFamily == layout.familyInet6()
                        ? SocketAddressLayout.INET6_BYTES
                        : SocketAddressLayout.INET_BYTES;
        memory.zero(offset, length);
        layout.putHeader(memory, offset, AF_UNSPEC, length);
        return length;
    }

    private static int bigEndian(int value) {
        return LITTLE_ENDIAN ? Integer.reverseBytes(value) : value;
    }

    private static long bigEndian(long value) {
        return LITTLE_ENDIAN ? Long.reverseBytes(value) : value;
    }

    private int writeInet(InetSocketAddress address, NativeMemory memory, int offset)
            throws IoException {
        InetAddress host = resolved(address);
        if (host instanceof Inet6Address) {
            throw refused(address, "an IPv6 address for an IPv4 socket");
        }
        memory.zero(offset, SocketAddressLayout.INET_BYTES);
        layout.putHeader(memory, offset, layout.familyInet(), SocketAddressLayout.INET_BYTES);
        putPort(memory, offset, address.getPort());
        memory.putBytes(offset + SocketAddressLayout.INET_ADDRESS, host.getAddress());
        return SocketAddressLayout.INET_BYTES;
    }

    private int writeInet6(InetAddress host, int port, NativeMemory memory, int offset) {
        memory.zero(offset, SocketAddressLayout.INET6_BYTES);
        layout.putHeader(memory, offset, layout.familyInet6(), SocketAddressLayout.INET6_BYTES);
        putPort(memory, offset, port);
        int at = offset + SocketAddressLayout.INET6_ADDRESS;
        if (host instanceof Inet6Address six) {
            memory.putBytes(at, six.getAddress());
            memory.putInt(offset + SocketAddressLayout.INET6_SCOPE, six.getScopeId());
        } else {
            memory.putShort(at + MAPPED_PREFIX_BYTES - Short.BYTES, (short) 0xffff);
            memory.putBytes(at + MAPPED_PREFIX_BYTES, host.getAddress());
        }
        return SocketAddressLayout.INET6_BYTES;
    }

    private int writeUnix(SocketAddress address, byte[] path, NativeMemory memory, int offset)
            throws IoException {
        // One byte stays free for the zero that ends a path, which some systems insist on.
        if (path.length >= layout.unixPathBytes()) {
            throw refused(
                    address,
                    "the name has "
                            + path.length
                            + " bytes, at most "
                            + (layout.unixPathBytes() - 1)
                            + " fit");
        }
        boolean endsWithZero = path.length > 0 && path[0] != 0;
        int length = SocketAddressLayout.UNIX_PATH + path.length + (endsWithZero ? 1 : 0);
        memory.zero(offset, length);
        layout.putHeader(memory, offset, layout.familyUnix(), length);
        memory.putBytes(offset + SocketAddressLayout.UNIX_PATH, path);
        return length;
    }

    private static SocketAddress readInet(NativeMemory memory, int offset) {
        byte[] host = new byte[4];
        memory.getBytes(offset + SocketAddressLayout.INET_ADDRESS, host);
        return new InetSocketAddress(hostOf(host, 0), getPort(memory, offset));
    }

    private static SocketAddress readInet6(NativeMemory memory, int offset) {
        byte[] host = new byte[16];
        memory.getBytes(offset + SocketAddressLayout.INET6_ADDRESS, host);
        int scope = memory.getInt(offset + SocketAddressLayout.INET6_SCOPE);
        return new InetSocketAddress(hostOf(host, scope), getPort(memory, offset));
    }

    private SocketAddress readUnix(NativeMemory memory, int offset, int length) {
        int room = Math.min(length - SocketAddressLayout.UNIX_PATH, layout.unixPathBytes());
        byte[] path = new byte[room];
        memory.getBytes(offset + SocketAddressLayout.UNIX_PATH, path);
        if (layout.abstractNames() && room > 0 && path[0] == 0) {
            return AbstractUnixAddress.of(Arrays.copyOfRange(path, 1, room));
        }
        int end = 0;
        while (end < room && path[end] != 0) {
            end++;
        }
        return UnixDomainSocketAddress.of(FileNames.path(Arrays.copyOf(path, end)));
    }

    /** Turns IPv4-mapped addresses into plain IPv4 ones, as {@code java.net} does everywhere. */
    private static InetAddress hostOf(byte[] bytes, int scope) {
        try {
            InetAddress host = InetAddress.getByAddress(bytes);
            return scope == 0 || host instanceof Inet4Address
                    ? host
                    : Inet6Address.getByAddress(null, bytes, scope);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes always are an address", e);
        }
    }

    private static InetAddress resolved(InetSocketAddress address) throws IoException {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw refused(address, "the address is not resolved");
        }
        return host;
    }

    private static void putPort(NativeMemory memory, int offset, int port) {
        memory.putByte(offset + SocketAddressLayout.PORT, (byte) (port >>> 8));
        memory.putByte(offset + SocketAddressLayout.PORT + 1, (byte) port);
    }

    private static int getPort(NativeMemory memory, int offset) {
        return Byte.toUnsignedInt(memory.getByte(offset + SocketAddressLayout.PORT)) << 8
                | Byte.toUnsignedInt(memory.getByte(offset + SocketAddressLayout.PORT + 1));
    }

    private static IoException refused(SocketAddress address, String why) {
        return IoException.because(Code.INVALID_ARGUMENT, "address " + address, why);
    }
}
