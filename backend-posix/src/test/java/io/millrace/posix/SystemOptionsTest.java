// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What setsockopt(2) is asked for on systems that have their own names for it; it is played. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "plays another system on Linux")
class SystemOptionsTest {
    private final SocketFixture fixture = new SocketFixture();

    /** Of each call: level, option, and the ints of the value. */
    private final List<List<Integer>> asked = new ArrayList<>();

    @BeforeEach
    void playSetsockopt() {
        fixture.kernel.always(
                "setsockopt",
                (real, arguments) -> {
                    int length = (int) arguments[4];
                    NativeMemory value = NativeMemory.at((long) arguments[3], length);
                    List<Integer> call = new ArrayList<>();
                    call.add((Integer) arguments[1]);
                    call.add((Integer) arguments[2]);
                    for (int offset = 0; offset < length; offset += Integer.BYTES) {
                        call.add(value.getInt(offset));
                    }
                    asked.add(call);
                    return Code.OK;
                });
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ListenSpec sharing(String host) {
        return new ListenSpec(new InetSocketAddress(host, 0), 16, false, true, 0);
    }

    /** Its SO_REUSEPORT would give every connection to the last listener. */
    @Test
    void freebsdBalancesListenersByAnOptionOfItsOwn() throws IoException {
        LibcSockets sockets = fixture.socketsNumberedAsOn(OperatingSystem.FREEBSD);
        assertTrue(sockets.capabilities().balancedReusePort());
        fixture.keep(sockets.listen(sharing("127.0.0.1")));
        assertEquals(List.of(List.of(0xffff, 0x10000, 1)), asked);
    }

    @Test
    void macosCannotBalanceListenersAndRefuses() {
        LibcSockets sockets = fixture.socketsNumberedAsOn(OperatingSystem.MACOS);
        assertFalse(sockets.capabilities().balancedReusePort());
        int closed = fixture.kernel.count("close");
        IoException refusal =
                assertThrows(IoException.class, () -> sockets.listen(sharing("127.0.0.1")));
        assertEquals(Code.NOT_SUPPORTED, refusal.code());
        assertEquals(closed + 1, fixture.kernel.count("close"));
        assertEquals(List.of(), asked);
    }

    /** Its SO_LINGER counts ticks of the clock. */
    @Test
    void macosResetsByTheOptionThatCountsSeconds() throws IoException {
        LibcSockets sockets = fixture.socketsNumberedAsOn(OperatingSystem.MACOS);
        RawStream stream = fixture.keep(sockets.stream(StandardProtocolFamily.INET));
        assertEquals(Code.OK, stream.setOption(PortOption.RESET_AT_CLOSE, 1));
        assertEquals(List.of(List.of(0xffff, 0x1080, 1, 0)), asked);
    }

    @Test
    void macosKeepAliveHasAnotherNameForTheIdleTime() throws IoException {
        LibcSockets sockets = fixture.socketsNumberedAsOn(OperatingSystem.MACOS);
        RawStream stream = fixture.keep(sockets.stream(StandardProtocolFamily.INET));
        assertEquals(Code.OK, stream.setOption(PortOption.KEEP_ALIVE_IDLE_SECONDS, 30));
        assertEquals(Code.OK, stream.setOption(PortOption.KEEP_ALIVE_INTERVAL_SECONDS, 5));
        assertEquals(List.of(List.of(6, 0x10, 30), List.of(6, 0x101, 5)), asked);
    }

    /** Setting the option, even to what it is, would fail. */
    @Test
    void openbsdsIpv6SocketsNeverTakeIpv4() throws IoException {
        fixture.kernel.answer("socket", 9_999).answer("bind", Code.OK);
        fixture.kernel.answer("listen", Code.OK).answer("close", Code.OK);
        LibcSockets sockets = fixture.socketsNumberedAsOn(OperatingSystem.OPENBSD);
        InetSocketAddress address = new InetSocketAddress("::1", 0);
        sockets.listen(new ListenSpec(address, 16, false, false, 0)).close();
        assertEquals(List.of(), asked);
    }
}
