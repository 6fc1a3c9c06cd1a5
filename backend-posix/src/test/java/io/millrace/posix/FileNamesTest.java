// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Paths and the bytes that the kernel knows them by. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have names that are text")
class FileNamesTest {
    private static final Path ROOT = Path.of("/");

    @Test
    void plainNamesAreTheirOwnBytes() throws IoException {
        for (String name : new String[] {"/", "/a", "/a b/c%20d", "a", "a/b", "..", ""}) {
            assertBytes(name.getBytes(StandardCharsets.US_ASCII), Path.of(name));
        }
    }

    @Test
    void namesThatAreNoTextKeepEveryByte() throws IoException {
        Path path = Path.of(URI.create("file:///d%FF/caf%C3%A9/%80%0A%25%3F"));
        byte[] bytes = latin("/d\u00ff/caf\u00c3\u00a9/\u0080\n%?");
        assertBytes(bytes, path);
        assertBytes(latin("d\u00ff/caf\u00c3\u00a9/\u0080\n%?"), ROOT.relativize(path));
        assertBytes(latin("\u0080\n%?"), path.getFileName());
    }

    @Test
    void slashesTooManyMakeNoOtherPath() {
        byte[] plain = {'d', '/', (byte) 0xe5};
        byte[] doubled = {'d', '/', '/', (byte) 0xe5, '/', '/'};
        assertEquals(FileNames.path(plain), FileNames.path(doubled));
        byte[] absolute = {'/', 'd', '/', (byte) 0xe5};
        byte[] more = {'/', '/', 'd', '/', '/', (byte) 0xe5, '/'};
        assertEquals(FileNames.path(absolute), FileNames.path(more));
    }

    private static void assertBytes(byte[] expected, Path path) throws IoException {
        assertArrayEquals(expected, FileNames.bytes(path), path::toString);
        assertEquals(path, FileNames.path(expected));
        NativeMemory memory = FileNames.zeroTerminated(path);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], memory.getByte(i));
        }
        assertEquals(0, memory.getByte(expected.length));
    }

    @Test
    void aSocketsPathIsWrittenAndReadAsItIs() throws IoException {
        SocketAddressLayout layout = Platform.current().addresses();
        SocketAddressCodec codec = new SocketAddressCodec(layout);
        NativeMemory memory = NativeMemory.allocate(SocketAddressLayout.MAXIMUM_BYTES);
        Path path = Path.of(URI.create("file:///tmp/bad%FF"));
        for (Path each : new Path[] {path, path.getFileName()}) {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(each);
            int length = codec.write(address, layout.familyUnix(), memory, 0);
            assertEquals(address, codec.read(memory, 0, length));
            int last = length - 2;
            assertEquals((byte) 0xff, memory.getByte(last), "and no replacement for it");
        }
    }

    @Test
    void aPathThatNoKernelKnowsIsRefused(@TempDir Path directory) throws IOException {
        URI archive = URI.create("jar:" + directory.resolve("archive.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path inside = zip.getPath("/\u00e9");
            IoException refusal =
                    assertThrows(IoException.class, () -> FileNames.zeroTerminated(inside));
            assertEquals(Code.INVALID_ARGUMENT, refusal.code());
            assertTrue(String.valueOf(refusal.getMessage()).contains("the kernel has no files"));
        }
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
