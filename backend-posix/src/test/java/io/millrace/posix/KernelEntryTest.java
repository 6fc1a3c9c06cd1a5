// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import io.millrace.testkit.AllocationMeter;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The kernel hears every argument and its answer arrives whole; or it is known why not. */
class KernelEntryTest {
    private static final int PAGE = 4096;
    private static final int READ = 0;
    private static final int MMAP = 9;
    private static final int MUNMAP = 11;

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @EnabledOnOs(
            value = OS.LINUX,
            architectures = "amd64",
            disabledReason = "elsewhere calls go through libc")
    private @interface WhereThereIsAnEntry {}

    @BeforeEach
    void bindWhereItIsPossible() {
        assertNull(Libc.unusableReason());
        boolean possible =
                OperatingSystem.current() == OperatingSystem.LINUX
                        && Processor.current() == Processor.X86_64;
        assertEquals(possible, KernelEntry.unusableReason() == null, KernelEntry.describe());
    }

    /** The address that comes back needs all 64 bits; the bytes there need all arguments. */
    @Test
    @WhereThereIsAnEntry
    void allSixArgumentsArrive(@TempDir Path directory) throws IOException {
        byte[] content = new byte[2 * PAGE];
        content[PAGE] = 42;
        NativeMemory path = NativeMemory.allocate(1024);
        Path file = Files.write(directory.resolve("two pages"), content);
        path.putBytes(0, FileNames.bytes(file));
        int fd = LibcSystemCalls.instance().open(path, 0);
        assertTrue(fd >= 0);

        long address = KernelEntry.call(MMAP, 0, PAGE, 1, 2, fd, PAGE);

        assertTrue(address > 1L << 32, "mapped at " + address);
        assertEquals(42, NativeMemory.at(address, PAGE).getByte(0));
        assertEquals(0, KernelEntry.call(MUNMAP, address, PAGE, 0, 0, 0, 0));
        LibcSystemCalls.instance().close(fd);
    }

    @Test
    @WhereThereIsAnEntry
    void aFailureArrivesAsTheCode() {
        assertEquals(Code.BAD_DESCRIPTOR, KernelEntry.call(READ, -1, 0, 0, 0, 0, 0));
        assertEquals(Code.NOT_IMPLEMENTED, KernelEntry.call(100_000, 0, 0, 0, 0, 0, 0));
    }

    @Test
    @WhereThereIsAnEntry
    void callsAllocateNothing() {
        int calls = 20_000;
        long least =
                AllocationMeter.leastAllocated(
                        calls, () -> KernelEntry.call(READ, -1, 0, 0, 0, 0, 0));
        assertTrue(least < calls, "bytes allocated by " + calls + " calls: " + least);
    }

    /** Buffers lie beyond 4 GiB, so their addresses need all 64 bits. */
    @Test
    @WhereThereIsAnEntry
    void allThreeArgumentsOfEachCallArriveInOrder() {
        NativeMemory pipe = NativeMemory.allocate(8);
        SystemCalls calls = LibcSystemCalls.instance();
        assertEquals(0, calls.pipe2(pipe.address(), 0));
        NativeMemory memory = NativeMemory.allocate(16);
        memory.putBytes(0, new byte[] {1, 2, 3});
        assertEquals(3, calls.write(pipe.getInt(4), memory.address(), 3));
        CallTable reads = new CallTable(3);
        reads.add(pipe.getInt(0), memory.address(8), 1);
        reads.add(-1, 0, 0);
        reads.add(pipe.getInt(0), memory.address(10), 2);

        assertEquals(3, KernelEntry.callEach(READ, reads, 100));

        assertEquals(1, reads.answer(0));
        assertEquals(Code.BAD_DESCRIPTOR, reads.answer(1));
        assertEquals(2, reads.answer(2));
        byte[] read = new byte[4];
        memory.getBytes(8, read);
        assertArrayEquals(new byte[] {1, 0, 2, 3}, read);
        calls.close(pipe.getInt(0));
        calls.close(pipe.getInt(4));
    }

    /** What the calling code has in registers must survive, however it was compiled. */
    @Test
    @WhereThereIsAnEntry
    void callingEachAllocatesNothingAndLeavesTheCallerAsItWas() {
        CallTable table = new CallTable(2);
        table.add(-1, 0, 0);
        table.add(-1, 0, 0);
        int calls = 20_000;
        long[] sum = new long[1];
        long least =
                AllocationMeter.leastAllocated(
                        calls, () -> sum[0] += KernelEntry.callEach(READ, table, 1));
        assertTrue(least < calls, "bytes allocated by " + calls + " calls: " + least);
        assertEquals(0, sum[0] % (2L * calls));
        assertTrue(sum[0] > 0);
    }

    @Test
    void otherSystemsAndProcessorsGoThroughLibc() {
        String reason = "only Linux on x86-64 can be entered directly";
        Refusing untouched = new Refusing(0, 0);
        assertEquals(reason, bind(OperatingSystem.LINUX, Processor.AARCH64, "", untouched));
        assertEquals(reason, bind(OperatingSystem.MACOS, Processor.X86_64, "direct", untouched));
        assertEquals(List.of(), untouched.calls);
    }

    @Test
    void onRequestCallsGoThroughLibc() {
        Refusing untouched = new Refusing(0, 0);
        assertEquals(
                "millrace.syscalls asks for it",
                bind(OperatingSystem.LINUX, Processor.X86_64, "libc", untouched));
        assertEquals(
                "millrace.syscalls is neither direct nor libc: fast",
                bind(OperatingSystem.LINUX, Processor.X86_64, "fast", untouched));
        assertEquals(List.of(), untouched.calls);
    }

    @Test
    void enomemForItsPageIsAReason() {
        Refusing refusing = new Refusing(Code.NO_MEMORY, 0);
        assertEquals(
                "no memory for it, error 12",
                bind(OperatingSystem.LINUX, Processor.X86_64, "", refusing));
        assertEquals(List.of("map"), refusing.calls);
    }

    /** SELinux's execmem, for one. Jumping there all the same would end the process. */
    @Test
    void eaccesForExecutableMemoryIsAReason() {
        Refusing refusing = new Refusing(0, Code.ACCESS_DENIED);
        assertEquals(
                "its memory may not be made executable, error 13",
                bind(OperatingSystem.LINUX, Processor.X86_64, "", refusing));
        assertEquals(List.of("map", "seal", "unmap"), refusing.calls);
    }

    /** Nothing of a native backend may be lost because one of two ways cannot be had. */
    @Test
    void anErrorWhileBindingIsAReasonToo() {
        for (Error error :
                List.of(
                        new NoClassDefFoundError("com/kenai/jffi/NativeMethods"),
                        new UnsatisfiedLinkError("shut off"),
                        new OutOfMemoryError("none left"))) {
            KernelEntry.Pages pages =
                    new Refusing(0, 0) {
                        @Override
                        public void register(long address) {
                            throw error;
                        }
                    };
            assertEquals(
                    "it cannot be bound: " + error,
                    bind(OperatingSystem.LINUX, Processor.X86_64, "", pages));
        }
    }

    /** Every byte is an instruction of the listings, or stops who gets there by mistake. */
    @Test
    void betweenAndBehindTheCodeIsNothingToRun() {
        NativeMemory page = NativeMemory.allocate(PAGE);
        EntryCode.writeTo(page);
        int stops = 0;
        for (int offset = 0; offset < PAGE; offset++) {
            stops += page.getByte(offset) == (byte) 0xcc ? 1 : 0;
        }
        assertTrue(stops > PAGE - 256, "int3: " + stops);
        assertEquals((byte) 0xcc, page.getByte(EntryCode.CALL_EACH - 1));
        assertEquals((byte) 0xcc, page.getByte(PAGE - 1));
    }

    /** push rbp; mov rbp, rsp: what walks frame pointers finds the caller. */
    @Test
    void aRowOfCallsHasAFrame() {
        NativeMemory page = NativeMemory.allocate(PAGE);
        EntryCode.writeTo(page);
        byte[] start = new byte[4];
        for (int i = 0; i < start.length; i++) {
            start[i] = page.getByte(EntryCode.CALL_EACH + i);
        }
        assertArrayEquals(new byte[] {0x55, 0x48, (byte) 0x89, (byte) 0xe5}, start);
    }

    private static String bind(
            OperatingSystem system, Processor processor, String wish, KernelEntry.Pages pages) {
        return KernelEntry.bind(system, processor, wish, pages);
    }

    private static class Refusing implements KernelEntry.Pages {
        private final NativeMemory memory = NativeMemory.allocate(PAGE);
        private final long mapResult;
        private final int sealResult;
        final List<String> calls = new ArrayList<>();

        Refusing(long mapResult, int sealResult) {
            this.mapResult = mapResult;
            this.sealResult = sealResult;
        }

        @Override
        public long map(int length) {
            calls.add("map");
            return mapResult < 0 ? mapResult : memory.address();
        }

        @Override
        public int seal(long address, int length) {
            calls.add("seal");
            assertEquals(memory.address(), address);
            return sealResult;
        }

        @Override
        public void unmap(long address, int length) {
            calls.add("unmap");
            assertEquals(memory.address(), address);
        }
    }
}
