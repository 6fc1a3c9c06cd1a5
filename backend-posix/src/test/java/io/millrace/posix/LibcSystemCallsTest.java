// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernel behind the seam, by every way to it that there is here: results come back as they are,
 * failures as Linux numbers.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "calls what only Linux has")
@ParameterizedClass
@MethodSource("ways")
class LibcSystemCallsTest {
    private static final int MSG_PEEK = 2;
    private static final int MSG_NOSIGNAL = 0x4000;

    @Parameter private SystemCalls calls;

    private final SocketConstants names = Platform.current().constants();

    static List<SystemCalls> ways() {
        return List.of(LibcSystemCalls.instance(), LibcSystemCalls.throughLibc());
    }

    @Test
    void everyFailureIsANegativeCode() {
        assertEquals(Code.BAD_DESCRIPTOR, calls.close(-1));
        assertEquals(Code.BAD_DESCRIPTOR, calls.listen(-1, 1));
        assertEquals(Code.BAD_DESCRIPTOR, calls.recv(-1, 0, 0, 0));
        assertEquals(Code.BAD_DESCRIPTOR, calls.send(-1, 0, 0, 0));
        assertEquals(Code.BAD_DESCRIPTOR, calls.sendmsg(-1, 0, 0));
        assertEquals(Code.BAD_DESCRIPTOR, calls.sendfile(-1, -1, 0, 1));
        assertEquals(Code.FAMILY_NOT_SUPPORTED, calls.socket(9999, names.sockStream, 0));
        assertEquals(Code.INVALID_ARGUMENT, calls.eventfd(0, -1));
    }

    @Test
    void everyArgumentOfATransferArrives() throws IoException {
        try (SocketFixture sockets = new SocketFixture()) {
            SocketFixture.Pair pair = sockets.connect();
            int from = pair.client().descriptor();
            int to = pair.server().descriptor();
            NativeMemory memory = NativeMemory.allocate(256);
            memory.putBytes(0, "abcdefgh".getBytes(StandardCharsets.US_ASCII));
            MessageLayout messages = Platform.current().messages();
            MessageLayout.putSegment(memory, 64, memory.address(5), 3);
            messages.putHeader(memory, 128, memory.address(64), 1);

            assertEquals(5, calls.send(from, memory.address(0), 5, MSG_NOSIGNAL));
            assertEquals(3, calls.sendmsg(from, memory.address(128), MSG_NOSIGNAL));

            assertEquals(2, calls.recv(to, memory.address(32), 2, MSG_PEEK));
            assertEquals(8, calls.recv(to, memory.address(32), 20, 0));
            byte[] received = new byte[8];
            memory.getBytes(32, received);
            assertEquals("abcdefgh", new String(received, StandardCharsets.US_ASCII));
            assertEquals(Code.WOULD_BLOCK, calls.recv(to, memory.address(32), 20, 0));
        }
    }

    @Test
    void socketsAreBornNonBlockingAndCloseOnExec() {
        SocketDialect dialect = SocketDialect.of(Platform.current(), calls);
        int fd = dialect.socket(names.afInet, names.sockStream);
        assertTrue(Descriptors.isNonBlocking(fd));
        assertEquals(1, Descriptors.closeOnExec(fd));
        assertEquals(0, calls.close(fd));
    }

    @Test
    void aDescriptorIsMadeNonBlockingByTheVariadicCall() {
        NativeMemory pair = NativeMemory.allocate(8);
        assertEquals(0, calls.pipe2(pair.address(), 0));
        assertFalse(Descriptors.isNonBlocking(pair.getInt(0)));
        calls.setNonBlocking(pair.getInt(0));
        assertEquals(Code.WOULD_BLOCK, calls.read(pair.getInt(0), pair.address(), 1));
        calls.close(pair.getInt(0));
        calls.close(pair.getInt(4));
    }
}
