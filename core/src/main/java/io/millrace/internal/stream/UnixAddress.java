// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.net.AbstractUnixAddress;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.Charset;
import java.util.Objects;

/**
 * What a Unix-domain address has to be, settled before a driver sees it: kernels and the JDK differ
 * in what they say of one that they cannot take, and some cut it short.
 */
final class UnixAddress {
    private static final boolean IS_LINUX = System.getProperty("os.name", "").startsWith("Linux");

    /** What {@code sun_path} has room for beside the zero that ends a path. */
    private static final int PATH_BYTES = IS_LINUX ? 107 : 103;

    private UnixAddress() {}

    /** Refuses what is no such address, at the call. */
    static SocketAddress checked(SocketAddress address) {
        if (Objects.requireNonNull(address, "address") instanceof UnixDomainSocketAddress unix) {
            if (unix.getPath().toString().isEmpty()) {
                throw new IllegalArgumentException(
                        "the address has no path: UnixDomainSocketAddress.of(\"\") is the one of"
                                + " streams without a name");
            }
        } else if (!(address instanceof AbstractUnixAddress)) {
            throw new IllegalArgumentException(
                    "a Unix-domain socket needs a UnixDomainSocketAddress or an"
                            + " AbstractUnixAddress: "
                            + address);
        }
        return address;
    }

    /** Fails if the loop's backend cannot use it. */
    static void ensureUsable(Loop loop, SocketAddress address, String operation)
            throws IoException {
        ensureUsable(loop.capabilities, loop.backend().name(), address, operation);
    }

    /** Fails if a backend that can do so much cannot use it. */
    static void ensureUsable(
            Capabilities capabilities, String backend, SocketAddress address, String operation)
            throws IoException {
        int length;
        if (address instanceof UnixDomainSocketAddress unix) {
            length = unix.getPath().toString().getBytes(Names.CHARSET).length;
        } else {
            if (!capabilities.abstractUnixNames()) {
                throw Failures.because(
                        Code.NOT_SUPPORTED,
                        operation,
                        address,
                        "backend "
                                + backend
                                + " has no abstract names here: they need Linux, and a backend"
                                + " with descriptors; use a path");
            }
            length = ((AbstractUnixAddress) address).name().length;
        }
        if (length > PATH_BYTES) {
            throw Failures.because(
                    Code.NAME_TOO_LONG,
                    operation,
                    address,
                    "the name of a Unix-domain socket has at most "
                            + PATH_BYTES
                            + " bytes, and this one "
                            + length
                            + "; a relative path or a symbolic link to its directory is shorter");
        }
    }

    /** How the JDK writes paths. Apart, for it is looked up by name. */
    private static final class Names {
        static final Charset CHARSET =
                Charset.forName(
                        System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));
    }
}
