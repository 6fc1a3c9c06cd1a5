// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.testkit.AllocationMeter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.constants.platform.NameInfo;
import jnr.ffi.provider.jffi.NoX86;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls a native function with each number of arguments from 1 to 7, through the very bindings that
 * production code uses, and checks that every argument arrived.
 *
 * <p>jnr-ffi gets the sixth wrong on x86-64 unless told otherwise, in every version so far. None of
 * the functions is variadic, so the test means the same on every system.
 */
class NativeArgumentsTest {
    private static final int FAMILY_INET = 2;
    private static final int NUMERIC_HOST_AND_SERVICE =
            NameInfo.NI_NUMERICHOST.intValue() | NameInfo.NI_NUMERICSERV.intValue();
    private static final int NO_DESCRIPTOR = -1;
    private static final int BAD_DESCRIPTOR = 9;

    /** As large as any system's: files can be mapped from a multiple of it on. */
    private static final int PAGE = 65_536;

    public interface Probe {
        long labs(long one);

        long strnlen(long one, long two);

        long memcpy(long one, long two, long three);

        long pread(int one, long two, long three, long four);

        long bsearch(long one, long two, long three, long four, long five);

        int getnameinfo(long one, int two, long three, int four, long five, int six, int seven);

        int open(long path, int flags);
    }

    public interface SixProbe {
        long mmap(long one, long two, int three, int four, int five, long six);
    }

    @NoX86
    public interface SixProbeOnX86 extends SixProbe {}

    private final Probe probe = Libc.bind(Probe.class);
    private final NativeMemory memory = NativeMemory.allocate(4096);

    @Test
    void oneArgument() {
        assertEquals(Long.MAX_VALUE, probe.labs(-Long.MAX_VALUE));
    }

    @Test
    void twoArguments() {
        memory.putBytes(100, "counted".getBytes(StandardCharsets.US_ASCII));
        assertEquals(7, probe.strnlen(memory.address(100), 50));
        assertEquals(3, probe.strnlen(memory.address(100), 3));
    }

    @Test
    void threeArguments() {
        memory.putLong(64, 0x1122334455667788L);
        memory.putLong(128, -1);
        assertEquals(memory.address(128), probe.memcpy(memory.address(128), memory.address(64), 4));
        assertEquals(memory.getInt(64), memory.getInt(128));
        assertEquals(-1, memory.getInt(132));
    }

    @Test
    void fourArguments(@TempDir Path directory) throws IOException {
        int fd = fileOfNumberedBytes(directory);
        assertEquals(5, probe.pread(fd, memory.address(512), 5, 41));
        assertEquals(41, memory.getByte(512));
        assertEquals(45, memory.getByte(516));
        assertEquals(0, memory.getByte(517));
        LibcSystemCalls.instance().close(fd);
    }

    /**
     * Every argument decides where bsearch looks; memcmp is not callable with a size, strcmp is.
     */
    @Test
    void fiveArguments() {
        long strcmp = Libc.functionAddress("strcmp");
        String[] words = {"ape", "bee", "cat", "dog"};
        for (int i = 0; i < words.length; i++) {
            memory.putBytes(8 * i, words[i].getBytes(StandardCharsets.US_ASCII));
        }
        memory.putBytes(1024, "cat".getBytes(StandardCharsets.US_ASCII));
        long key = memory.address(1024);
        assertEquals(memory.address(16), probe.bsearch(key, memory.address(), 4, 8, strcmp));
        assertEquals(0, probe.bsearch(key, memory.address(), 2, 8, strcmp), "third argument");
        assertEquals(memory.address(16), probe.bsearch(key, memory.address(16), 1, 8, strcmp));
    }

    @Test
    void sixArguments(@TempDir Path directory) throws IOException {
        SixProbe six = Libc.bindSixArguments(SixProbe.class, SixProbeOnX86.class);
        mapSecondPage(six::mmap, directory);
    }

    @Test
    void sixArgumentsOfTheProductionBinding(@TempDir Path directory) throws IOException {
        mapSecondPage(SixArguments.functions()::mmap, directory);
    }

    @Test
    void sevenArguments() {
        writeInetAddress();
        int result =
                probe.getnameinfo(
                        memory.address(),
                        16,
                        memory.address(256),
                        32,
                        memory.address(512),
                        16,
                        NUMERIC_HOST_AND_SERVICE);
        assertNames(result);
    }

    @Test
    void sevenArgumentsPrepared() {
        writeInetAddress();
        assertNames((int) getnameinfo(16).call());
        assertTrue(getnameinfo(2).call() != 0, "the sixth: too little room for the port");
    }

    private SevenArgumentCall getnameinfo(int serviceBytes) {
        return SevenArgumentCall.of(
                "getnameinfo",
                memory.address(),
                16,
                memory.address(256),
                32,
                memory.address(512),
                serviceBytes,
                NUMERIC_HOST_AND_SERVICE);
    }

    @Test
    void sevenArgumentsPreparedKeepErrno() {
        SevenArgumentCall badDescriptor =
                SevenArgumentCall.of("mmap", 0, 4096, 1, 1, NO_DESCRIPTOR, 0, 0);
        assertEquals(-1, badDescriptor.call());
        assertEquals(BAD_DESCRIPTOR, Libc.lastError());
    }

    @Test
    void sevenArgumentsPreparedAllocateNothing() {
        SevenArgumentCall badDescriptor =
                SevenArgumentCall.of("mmap", 0, 4096, 1, 1, NO_DESCRIPTOR, 0, 0);
        int calls = 20_000;
        long least = AllocationMeter.leastAllocated(calls, badDescriptor::call);
        assertTrue(least < calls, "bytes allocated by " + calls + " calls: " + least);
    }

    @FunctionalInterface
    private interface Mapping {
        long map(long address, long length, int protection, int flags, int fd, long offset);
    }

    private void mapSecondPage(Mapping mapping, Path directory) throws IOException {
        int fd = fileOfNumberedBytes(directory);
        long address = mapping.map(0, PAGE, 1, 2, fd, PAGE);
        assertTrue(address > 0, () -> "mmap failed with errno " + Libc.lastError());
        NativeMemory page = NativeMemory.at(address, PAGE);
        assertEquals((byte) 123, page.getByte(0), "the file's second page begins so");
        assertEquals((byte) 124, page.getByte(1));
        LibcSystemCalls.instance().close(fd);
    }

    /** Byte i is i modulo 127, but on the second page 123, 124, … so that pages differ. */
    private int fileOfNumberedBytes(Path directory) throws IOException {
        byte[] content = new byte[2 * PAGE];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i < PAGE ? i % 127 : 123 + (i - PAGE) % 5);
        }
        Path file = Files.write(directory.resolve("numbered"), content);
        memory.zero(2048, 1024);
        memory.putBytes(2048, FileNames.bytes(file));
        int fd = probe.open(memory.address(2048), 0);
        assertTrue(fd >= 0);
        return fd;
    }

    private void writeInetAddress() {
        SocketAddressLayout layout = Platform.current().addresses();
        layout.putHeader(memory, 0, FAMILY_INET, 16);
        memory.putBytes(2, new byte[] {0x1f, (byte) 0x90, 10, 20, 30, 40});
    }

    private void assertNames(int result) {
        assertEquals(0, result);
        assertEquals("10.20.30.40", string(256));
        assertEquals("8080", string(512));
    }

    private String string(int offset) {
        byte[] bytes = new byte[(int) probe.strnlen(memory.address(offset), 64)];
        memory.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
