// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.net.AbstractUnixAddress;
import io.millrace.spi.Code;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Socket addresses have the bytes that each kernel expects, and come back as they were. */
class SocketAddressCodecTest {
    private static final int OFFSET = 16;

    private final NativeMemory memory =
            NativeMemory.allocate(OFFSET + SocketAddressLayout.MAXIMUM_BYTES);

    @Test
    void inetOnLinux() throws IoException {
        assertGolden(
                OperatingSystem.LINUX,
                inet("10.1.2.3", 8080),
                "0200 1f90 0a010203 0000000000000000");
    }

    @Test
    void inetOnBsd() throws IoException {
        assertGolden(
                OperatingSystem.MACOS,
                inet("10.1.2.3", 8080),
                "1002 1f90 0a010203 0000000000000000");
    }

    @Test
    void inet6OnLinux() throws IoException {
        assertGolden(
                OperatingSystem.LINUX,
                scoped(7, 65535),
                "0a00 ffff 00000000 fe800000000000000000000000000001 07000000");
    }

    @Test
    void inet6OnBsd() throws IoException {
        String rest = " ffff 00000000 fe800000000000000000000000000001 07000000";
        assertGolden(OperatingSystem.MACOS, scoped(7, 65535), "1c1e" + rest);
        assertGolden(OperatingSystem.FREEBSD, scoped(7, 65535), "1c1c" + rest);
        assertGolden(OperatingSystem.OPENBSD, scoped(7, 65535), "1c18" + rest);
    }

    @Test
    void unixPathOnLinuxAndBsd() throws IoException {
        SocketAddress address = UnixDomainSocketAddress.of("/tmp/s");
        assertGolden(OperatingSystem.LINUX, address, "0100 2f746d702f73 00");
        assertGolden(OperatingSystem.MACOS, address, "0901 2f746d702f73 00");
    }

    @Test
    void abstractNameOnLinux() throws IoException {
        assertGolden(OperatingSystem.LINUX, AbstractUnixAddress.of("me"), "0100 00 6d65");
        assertRefused(OperatingSystem.MACOS, AbstractUnixAddress.of("me"));
    }

    @Test
    void anIpv4AddressForAnIpv6SocketIsMapped() throws IoException {
        SocketAddressCodec codec = codec(OperatingSystem.LINUX);
        int length = codec.write(inet("10.1.2.3", 1), 10, memory, OFFSET);
        assertArrayEquals(
                bytes("0a00 0001 00000000 00000000000000000000ffff0a010203 00000000"),
                written(length));
        InetSocketAddress read = (InetSocketAddress) codec.read(memory, OFFSET, length);
        assertTrue(read.getAddress() instanceof Inet4Address, "and is IPv4 again when read");
    }

    @ParameterizedTest
    @EnumSource(
            value = OperatingSystem.class,
            names = {"LINUX", "MACOS", "FREEBSD", "OPENBSD", "DRAGONFLY"})
    void whatWasWrittenIsRead(OperatingSystem system) throws Exception {
        Random random = new Random(42);
        for (int round = 0; round < 500; round++) {
            assertRoundTrip(system, randomAddress(random));
        }
    }

    @Test
    void theLongestNamesFitAndLongerOnesAreRefused() throws IoException {
        assertRoundTrip(OperatingSystem.LINUX, unixPath(107));
        assertRefused(OperatingSystem.LINUX, unixPath(108));
        assertRoundTrip(OperatingSystem.MACOS, unixPath(103));
        assertRefused(OperatingSystem.MACOS, unixPath(104));
        assertRoundTrip(OperatingSystem.LINUX, AbstractUnixAddress.of("a".repeat(106)));
        assertRefused(OperatingSystem.LINUX, AbstractUnixAddress.of("a".repeat(107)));
    }

    @Test
    void anAddressThatCannotBeWrittenIsRefused() {
        assertRefused(OperatingSystem.LINUX, InetSocketAddress.createUnresolved("nowhere", 1));
        assertRefused(OperatingSystem.LINUX, new SocketAddress() {});
        assertThrows(
                IoException.class,
                () -> codec(OperatingSystem.LINUX).write(scoped(0, 1), 2, memory, OFFSET));
    }

    @Test
    void anUnnamedUnixSocketHasAnEmptyPath() {
        memory.putShort(OFFSET, (short) 1);
        assertEquals(
                UnixDomainSocketAddress.of(""),
                codec(OperatingSystem.LINUX).read(memory, OFFSET, 2));
    }

    @Test
    void shortAndForeignAddressesAreNoAddresses() throws IoException {
        SocketAddressCodec codec = codec(OperatingSystem.LINUX);
        int length = codec.write(inet("10.1.2.3", 8080), 2, memory, OFFSET);
        for (int cut = 0; cut < length; cut++) {
            assertNull(codec.read(memory, OFFSET, cut));
        }
        memory.putShort(OFFSET, (short) 17);
        assertNull(codec.read(memory, OFFSET, 20));
    }

    /** getsockname reports the full length even if it had to cut the name. */
    @Test
    void aReportedLengthBeyondTheRoomIsNotBelieved() throws IoException {
        SocketAddress longest = unixPath(107);
        codec(OperatingSystem.LINUX).write(longest, 1, memory, OFFSET);
        assertEquals(longest, codec(OperatingSystem.LINUX).read(memory, OFFSET, 5000));
    }

    @Test
    void noRoomIsAnErrorAndNotACorruption() {
        NativeMemory small = NativeMemory.allocate(8);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> codec(OperatingSystem.LINUX).write(inet("10.1.2.3", 1), 2, small, 0));
    }

    private void assertGolden(OperatingSystem system, SocketAddress address, String hex)
            throws IoException {
        SocketAddressCodec codec = codec(system);
        int length = codec.write(address, codec.family(address), memory, OFFSET);
        assertArrayEquals(bytes(hex), written(length));
        assertEquals(address, codec.read(memory, OFFSET, length));
    }

    private void assertRoundTrip(OperatingSystem system, SocketAddress address) throws IoException {
        SocketAddressCodec codec = codec(system);
        for (int i = 0; i < memory.size(); i++) {
            memory.putByte(i, (byte) 0xa5);
        }
        int length = codec.write(address, codec.family(address), memory, OFFSET);
        assertEquals(address, codec.read(memory, OFFSET, length));
        assertEquals((byte) 0xa5, memory.getByte(OFFSET - 1));
        assertEquals((byte) 0xa5, memory.getByte(OFFSET + length), "written beyond the length");
    }

    private void assertRefused(OperatingSystem system, SocketAddress address) {
        SocketAddressCodec codec = codec(system);
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> codec.write(address, codec.family(address), memory, OFFSET));
        assertEquals(Code.INVALID_ARGUMENT, refusal.code());
    }

    private static SocketAddress randomAddress(Random random) throws UnknownHostException {
        byte[] host = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(host);
        int port = random.nextInt(65536);
        return switch (random.nextInt(4)) {
            case 0 -> unixPath(1 + random.nextInt(100));
            case 1 -> scoped(1 + random.nextInt(100), port);
            default -> new InetSocketAddress(InetAddress.getByAddress(host), port);
        };
    }

    private static SocketAddress unixPath(int length) {
        return UnixDomainSocketAddress.of("p".repeat(length));
    }

    private static SocketAddress inet(String host, int port) {
        return new InetSocketAddress(host, port);
    }

    private static SocketAddress scoped(int scope, int port) {
        byte[] linkLocal = new byte[16];
        linkLocal[0] = (byte) 0xfe;
        linkLocal[1] = (byte) 0x80;
        linkLocal[15] = 1;
        try {
            return new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, scope), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static SocketAddressCodec codec(OperatingSystem system) {
        return new SocketAddressCodec(Platform.of(system, Processor.X86_64).addresses());
    }

    private byte[] written(int length) {
        byte[] bytes = new byte[length];
        memory.getBytes(OFFSET, bytes);
        return bytes;
    }

    private static byte[] bytes(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return Arrays.copyOf(bytes, bytes.length);
    }
}
