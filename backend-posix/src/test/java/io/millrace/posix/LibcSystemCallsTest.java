// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The kernel behind the seam: results come back as they are, failures as Linux numbers. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "calls what only Linux has")
class LibcSystemCallsTest {
    private final SystemCalls calls = LibcSystemCalls.instance();
    private final SocketConstants names = Platform.current().constants();

    @Test
    void everyFailureIsANegativeCode() {
        assertEquals(Code.BAD_DESCRIPTOR, calls.close(-1));
        assertEquals(Code.BAD_DESCRIPTOR, calls.listen(-1, 1));
        assertEquals(Code.BAD_DESCRIPTOR, calls.recv(-1, 0, 0, 0));
        assertEquals(Code.BAD_DESCRIPTOR, calls.sendfile(-1, -1, 0, 1));
        assertEquals(Code.FAMILY_NOT_SUPPORTED, calls.socket(9999, names.sockStream, 0));
        assertEquals(Code.INVALID_ARGUMENT, calls.eventfd(0, -1));
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
