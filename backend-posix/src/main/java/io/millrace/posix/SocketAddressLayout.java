// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * Where the fields of {@code sockaddr_in}, {@code sockaddr_in6} and {@code sockaddr_un} lie.
 *
 * <p>Only the first two bytes differ between systems: Linux has a 16-bit family there, the BSDs and
 * macOS have a length byte and an 8-bit family (netinet/in.h, sys/un.h of each).
 *
 * @param lengthByte whether byte 0 is the length and byte 1 the family
 * @param abstractNames whether a Unix name that begins with a zero byte is not a path (Linux)
 * @param unixPathBytes capacity of {@code sun_path}
 */
public record SocketAddressLayout(
        boolean lengthByte,
        boolean abstractNames,
        int unixPathBytes,
        int familyInet,
        int familyInet6,
        int familyUnix) {
    /** sizeof(struct sockaddr_in). */
    static final int INET_BYTES = 16;

    /** sizeof(struct sockaddr_in6). */
    static final int INET6_BYTES = 28;

    static final int PORT = 2;
    static final int INET_ADDRESS = 4;
    static final int INET6_ADDRESS = 8;
    static final int INET6_SCOPE = 24;
    static final int UNIX_PATH = 2;

    /** Room for an address of any family on any system. */
    public static final int MAXIMUM_BYTES = 128;

    static SocketAddressLayout of(OperatingSystem system, SocketConstants constants) {
        boolean linux = system == OperatingSystem.LINUX;
        return new SocketAddressLayout(
                system.isBsd(),
                linux,
                linux ? 108 : 104,
                constants.afInet,
                constants.afInet6,
                constants.afUnix);
    }

    int family(NativeMemory memory, int offset) {
        return lengthByte
                ? Byte.toUnsignedInt(memory.getByte(offset + 1))
                : Short.toUnsignedInt(memory.getShort(offset));
    }

    void putHeader(NativeMemory memory, int offset, int family, int length) {
        if (lengthByte) {
            memory.putByte(offset, (byte) length);
            memory.putByte(offset + 1, (byte) family);
        } else {
            memory.putShort(offset, (short) family);
        }
    }
}
