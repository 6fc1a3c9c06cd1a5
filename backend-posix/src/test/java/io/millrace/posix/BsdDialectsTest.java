// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.posix.SocketFixture.Pair;
import io.millrace.spi.Code;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets used as the BSDs want it, on this kernel: sendfile is played, everything else real. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "plays another system on Linux")
class BsdDialectsTest {
    @TempDir Path directory;

    private OpenFile file(SocketFixture fixture) throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "0123456789");
        return fixture.sockets.openFile(path);
    }

    @Test
    void freebsdsSendfileTellsWhatItSentBeforeItFailed() throws IOException {
        try (SocketFixture fixture = new SocketFixture(OperatingSystem.FREEBSD);
                OpenFile file = file(fixture)) {
            Pair pair = fixture.connect();
            List<Object> asked = new ArrayList<>();
            fixture.kernel.intercept(
                    "sendfileOnFreebsd",
                    (real, arguments) -> {
                        asked.addAll(List.of(arguments[1], arguments[2], arguments[3]));
                        NativeMemory.at((long) arguments[4], 8).putLong(0, 3);
                        return Code.WOULD_BLOCK;
                    });
            assertEquals(3, pair.client().sendFile(file, 4, 6));
            assertEquals(List.of(pair.client().descriptor(), 4L, 6L), asked);
            fixture.kernel.answer("sendfileOnFreebsd", Code.WOULD_BLOCK, Code.OK);
            assertEquals(Code.WOULD_BLOCK, pair.client().sendFile(file, 0, 6), "not 3 again");
            assertEquals(0, pair.client().sendFile(file, 10, 6), "the end of the file");
            assertEquals(0, pair.client().sendFile(file, 0, 0));
            assertEquals(0, fixture.kernel.left("sendfileOnFreebsd"));
        }
    }

    @Test
    void openbsdCopiesFilesThroughMemory() throws IOException {
        try (SocketFixture fixture = new SocketFixture(OperatingSystem.OPENBSD);
                OpenFile file = file(fixture)) {
            Pair pair = fixture.connect();
            assertEquals(5, pair.client().sendFile(file, 2, 5));
            assertEquals("23456", SocketFixture.receive(pair.server(), 20));
            assertEquals(1, pair.client().sendFile(file, 9, 5));
            assertEquals(0, pair.client().sendFile(file, 10, 5), "the end of the file");
            assertEquals("9", SocketFixture.receive(pair.server(), 20));
            fixture.kernel.answer("send", Code.WOULD_BLOCK, 2);
            assertEquals(Code.WOULD_BLOCK, pair.client().sendFile(file, 0, 5));
            assertEquals(2, pair.client().sendFile(file, 0, 5), "what the socket took");
            fixture.kernel.answer("pread", Code.IO_ERROR);
            assertEquals(Code.IO_ERROR, pair.client().sendFile(file, 0, 5));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = OperatingSystem.class,
            names = {"LINUX", "MACOS", "FREEBSD", "OPENBSD", "DRAGONFLY"})
    void everySystemWithTablesHasADialect(OperatingSystem system) {
        assertTrue(SocketDialect.isKnown(system));
        Platform platform = Platform.of(system, Processor.AARCH64);
        SocketDialect.of(platform, LibcSystemCalls.instance());
    }

    @ParameterizedTest
    @EnumSource(
            value = OperatingSystem.class,
            names = {"NETBSD", "OTHER"})
    void othersHaveNone(OperatingSystem system) {
        assertFalse(SocketDialect.isKnown(system));
        SocketConstants any = Platform.current().constants();
        assertThrows(
                UnsupportedOperationException.class,
                () -> SocketDialect.of(system, any, LibcSystemCalls.instance()));
    }
}
