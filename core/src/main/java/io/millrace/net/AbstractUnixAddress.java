// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import java.io.Serial;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A Unix-domain address in Linux's abstract namespace, see unix(7): a name of any bytes, no file,
 * gone with its last socket. What {@link UnixServer} and {@link UnixStream} take beside {@link
 * java.net.UnixDomainSocketAddress}, on backends with descriptors.
 *
 * <p>{@code java.nio.file.Path} cannot hold such a name because it begins with a zero byte, which
 * is not part of the name here.
 */
public final class AbstractUnixAddress extends SocketAddress {
    @Serial private static final long serialVersionUID = 1L;

    private final byte[] name;

    private AbstractUnixAddress(byte[] name) {
        this.name = name;
    }

    /** The address with this text, in UTF-8, as its name; see {@link #of(byte[])}. */
    public static AbstractUnixAddress of(String name) {
        return new AbstractUnixAddress(name.getBytes(StandardCharsets.UTF_8));
    }

    /** The address with these bytes as its name; 107 have room in a {@code sockaddr_un}. */
    public static AbstractUnixAddress of(byte[] name) {
        return new AbstractUnixAddress(name.clone());
    }

    public byte[] name() {
        return name.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AbstractUnixAddress that && Arrays.equals(name, that.name);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(name);
    }

    /** With {@code @} for the zero byte, as ss(8) and others print it. */
    @Override
    public String toString() {
        return "@" + new String(name, StandardCharsets.UTF_8);
    }
}
