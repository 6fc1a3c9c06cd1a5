// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.OutgoingDatagram;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.reactor.DatagramReceives;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams by libc where the kernel does what it does rarely, or is an old one. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere loopback takes its time")
class DatagramFaultsTest {
    /** No host has so many. */
    private static final int NO_INTERFACE = 1 << 30;

    private final SocketFixture fixture = new SocketFixture();
    private final DatagramReceives receives = new DatagramReceives();
    private LibcDatagram one;
    private LibcDatagram other;

    @BeforeEach
    void bind() throws IOException {
        one = bindTo(SocketFixture.loopback());
        other = bindTo(SocketFixture.loopback());
    }

    private LibcDatagram bindTo(InetSocketAddress address) throws IoException {
        return fixture.keep(
                fixture.sockets.datagrams().bind(new DatagramSpec(address, false, false, false)));
    }

    @AfterEach
    void close() {
        receives.releaseRest();
        fixture.close();
    }

    private DatagramSends toOther(String... texts) {
        DatagramSends sends = new DatagramSends();
        for (String text : texts) {
            OutgoingDatagram datagram = new OutgoingDatagram();
            ByteBuffer bytes = SocketFixture.direct(text);
            datagram.memory = bytes;
            datagram.to.set((InetSocketAddress) other.localAddress());
            sends.add(datagram, 0, bytes.limit());
        }
        return sends;
    }

    /** What is there, with room for so many. */
    private List<String> receive(int room) {
        receives.releaseRest();
        for (int i = 0; i < room; i++) {
            receives.add(fixture.chunks.acquire());
        }
        int result = other.receive(receives);
        List<String> texts = new ArrayList<>();
        if (result < 0) {
            return List.of(Code.name(result));
        }
        for (int i = 0; i < result; i++) {
            PoolChunk chunk = receives.chunk(i);
            byte[] bytes = new byte[chunk.length()];
            chunk.copyTo(0, bytes, 0, bytes.length);
            texts.add(new String(bytes, StandardCharsets.US_ASCII));
            assertEquals(one.localAddress(), receives.info(i).sender.toObject());
        }
        return texts;
    }

    @Test
    void severalGoAndComeWithOneCallEach() {
        assertEquals(3, one.send(toOther("a", "", "c")));
        assertEquals(1, fixture.kernel.count("sendmmsg"));
        assertEquals(List.of("a", "", "c"), receive(4));
        assertEquals(1, fixture.kernel.count("recvmmsg"));
        assertEquals(0, fixture.kernel.count("recvmsg") + fixture.kernel.count("sendmsg"));
        assertEquals(List.of("EAGAIN"), receive(4));
        assertEquals(1, one.send(toOther("d")));
        assertEquals(List.of("d"), receive(1));
    }

    @Test
    void fewerThanThereIsRoomForAreThoseThatCame() {
        one.send(toOther("a", "b", "c"));
        assertEquals(List.of("a", "b"), receive(2));
        assertEquals(List.of("c"), receive(2));
    }

    @Test
    void whatIsCutSaysSo() {
        one.send(toOther("0123456789", "abc"));
        assertEquals(List.of("01234567", "abc"), receive(2));
        assertTrue(receives.info(0).truncated);
        assertFalse(receives.info(1).truncated);
        one.send(toOther("0123456789"));
        assertEquals(List.of("01234567"), receive(1));
        assertTrue(receives.info(0).truncated);
    }

    @Test
    void anInterfaceThatIsNotThereIsSaid() throws IOException {
        InetAddress group = InetAddress.getByName("239.1.2.3");
        assertEquals(Code.NO_SUCH_DEVICE, one.join(group, NO_INTERFACE, null));
        assertTrue(one.leave(group, NO_INTERFACE, null) < 0);
        InetAddress source = InetAddress.getLoopbackAddress();
        assertEquals(Code.NO_SUCH_DEVICE, one.join(group, NO_INTERFACE, source));
        assertTrue(one.setOption(DatagramOption.MULTICAST_INTERFACE, NO_INTERFACE) < 0);
        assertEquals(0, one.getOption(DatagramOption.MULTICAST_INTERFACE));
    }

    @Test
    void eintrIsRetriedByEveryCall() {
        for (String call : new String[] {"sendmsg", "sendmmsg", "recvmsg", "recvmmsg"}) {
            fixture.kernel.answer(call, Code.INTERRUPTED, Code.INTERRUPTED);
        }
        assertEquals(1, one.send(toOther("a")));
        assertEquals(2, one.send(toOther("b", "c")));
        assertEquals(List.of("a"), receive(1));
        assertEquals(List.of("b", "c"), receive(2));
        for (String call : new String[] {"sendmsg", "sendmmsg", "recvmsg", "recvmmsg"}) {
            assertEquals(0, fixture.kernel.left(call), call);
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Code.WOULD_BLOCK,
                Code.NO_CHUNKS, // ENOBUFS
                Code.NO_MEMORY,
                Code.REFUSED,
                Code.MESSAGE_TOO_LONG,
                Code.NETWORK_UNREACHABLE,
                Code.NOT_PERMITTED
            })
    void errorsOfEveryCallAreAnswered(int code) {
        fixture.kernel.answer("sendmsg", code).answer("sendmmsg", code);
        fixture.kernel.answer("recvmsg", code).answer("recvmmsg", code);
        assertEquals(code, one.send(toOther("a")));
        assertEquals(code, one.send(toOther("a", "b")));
        assertEquals(List.of(Code.name(code)), receive(1));
        assertEquals(List.of(Code.name(code)), receive(2));
    }

    @Test
    void thoseBehindAFailureAreNotCounted() {
        DatagramSends sends = toOther("a", "b");
        OutgoingDatagram tooLong = new OutgoingDatagram();
        tooLong.memory = ByteBuffer.allocateDirect(70_000);
        tooLong.to.set((InetSocketAddress) other.localAddress());
        sends.add(tooLong, 0, 70_000);
        assertEquals(2, one.send(sends));
        DatagramSends alone = new DatagramSends();
        alone.add(tooLong, 0, 70_000);
        assertEquals(Code.MESSAGE_TOO_LONG, one.send(alone));
        assertEquals(List.of("a", "b"), receive(4));
    }

    /** Linux before 2.6.33 and 3.0; a filter of system calls may answer so as well. */
    @Test
    void whereThereAreNoCallsForManyTheyGoOneByOne() {
        fixture.kernel.answer("sendmmsg", Code.NOT_IMPLEMENTED);
        fixture.kernel.answer("recvmmsg", Code.NOT_IMPLEMENTED);
        assertEquals(64, other.mostReceives());
        assertEquals(3, one.send(toOther("a", "b", "c")));
        assertEquals(List.of("a"), receive(4));
        assertEquals(1, other.mostReceives());
        assertEquals(List.of("b"), receive(1));
        assertEquals(2, one.send(toOther("d", "e")));
        assertEquals(1, fixture.kernel.count("sendmmsg"), "it is not asked again");
        assertEquals(1, fixture.kernel.count("recvmmsg"), "it is not asked again");
        fixture.kernel.intercept("sendmsg", (kernel, arguments) -> 1);
        fixture.kernel.answer("sendmsg", Code.WOULD_BLOCK);
        assertEquals(1, one.send(toOther("f", "g")));
    }

    /** Its libc has them not at all, which shows when they are called. */
    @Test
    void aLibcWithoutThemIsTheSame() {
        fixture.kernel.intercept(
                "sendmmsg",
                (kernel, arguments) -> {
                    throw new UnsatisfiedLinkError("sendmmsg");
                });
        fixture.kernel.intercept(
                "recvmmsg",
                (kernel, arguments) -> {
                    throw new UnsatisfiedLinkError("recvmmsg");
                });
        assertEquals(2, one.send(toOther("a", "b")));
        assertEquals(List.of("a"), receive(2));
        assertEquals(1, other.mostReceives());
    }

    @Test
    void aPortThatIsTakenMeanwhileIsSaidByTheDisconnect() throws IOException {
        assertEquals(Code.OK, one.connect((InetSocketAddress) other.localAddress()));
        fixture.kernel.answer("bind", Code.ADDRESS_IN_USE);
        assertEquals(Code.ADDRESS_IN_USE, one.disconnect());
    }

    @Test
    void whatCannotBeBoundLeavesNoDescriptor() {
        int before = fixture.kernel.count("close");
        InetSocketAddress taken = (InetSocketAddress) one.localAddress();
        IoException failure =
                org.junit.jupiter.api.Assertions.assertThrows(
                        IoException.class, () -> bindTo(taken));
        assertEquals("EADDRINUSE", failure.errorName());
        assertEquals(before + 1, fixture.kernel.count("close"));
    }
}
