// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.posix.Libc;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.FileVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every operation on files that a ring has, on a kernel that the test plays: what the entry says,
 * what becomes of each error, and who does it where a kernel lacks it.
 */
class UringFileOperationsTest {
    private static final Path PATH = Path.of("/some/file");
    private static final Path OTHER = Path.of("/other");

    private final FakeRig rig = new FakeRig();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(100);

    UringFileOperationsTest() throws IOException {}

    private static ScriptedFileRequest request() {
        return new ScriptedFileRequest();
    }

    private FileVector vector() {
        FileVector vector = new FileVector();
        vector.add(buffer.duplicate().limit(30));
        vector.add(buffer.duplicate().position(50));
        return vector;
    }

    /** One of each, with the operation of the ring that it takes. */
    private Map<ScriptedFileRequest, Integer> all() {
        Map<ScriptedFileRequest, Integer> all = new LinkedHashMap<>();
        all.put(request().status(PATH), Opcode.STATX);
        all.put(request().ofPath(Operation.LINK_STATUS, PATH, 0), Opcode.STATX);
        all.put(request().of(Operation.STATUS_OF_FILE), Opcode.STATX);
        all.put(request().of(Operation.SIZE), Opcode.STATX);
        all.put(request().open(PATH, StandardOpenOption.READ), Opcode.OPENAT);
        all.put(request().read(buffer, 0, 100, 0), Opcode.READ);
        all.put(request().write(buffer, 0, 100, 0), Opcode.WRITE);
        all.put(request().vector(Operation.READ_VECTOR, vector(), 0), Opcode.READV);
        all.put(request().vector(Operation.WRITE_VECTOR, vector(), 0), Opcode.WRITEV);
        all.put(request().of(Operation.SYNC), Opcode.FSYNC);
        all.put(request().of(Operation.SYNC_DATA), Opcode.FSYNC);
        all.put(request().stretch(Operation.TRUNCATE, 7, 0, 0), Opcode.FTRUNCATE);
        all.put(request().stretch(Operation.ALLOCATE, 7, 9, 0), Opcode.FALLOCATE);
        all.put(request().stretch(Operation.ADVISE, 7, 9, 3), Opcode.FADVISE);
        all.put(request().ofPath(Operation.MAKE_DIRECTORY, PATH, 0750), Opcode.MKDIRAT);
        all.put(request().ofPath(Operation.REMOVE, PATH, 0), Opcode.UNLINKAT);
        all.put(request().ofPath(Operation.REMOVE_DIRECTORY, PATH, 0), Opcode.UNLINKAT);
        all.put(
                request().ofPaths(Operation.RENAME, PATH, OTHER, FileRequest.RENAME_NO_REPLACE),
                Opcode.RENAMEAT);
        all.put(request().ofPaths(Operation.LINK, PATH, OTHER, 0), Opcode.LINKAT);
        all.put(request().ofPaths(Operation.SYMBOLIC_LINK, PATH, OTHER, 0), Opcode.SYMLINKAT);
        all.put(request().of(Operation.CLOSE), Opcode.CLOSE);
        return all;
    }

    /** A kernel with every operation that requests of files take. */
    private FakeRig newKernel(int... without) throws IOException {
        BitSet opcodes = KernelRecords.linux6_1().opcodes();
        all().values().forEach(opcodes::set);
        for (int missing : without) {
            opcodes.clear(missing);
        }
        Features old = KernelRecords.linux6_1();
        Features features = new Features(old.setupFlags(), old.featureFlags(), opcodes, false);
        return new FakeRig(features, new RingSizes(16, 64), 8);
    }

    private static FakeSubmission submit(FakeRig rig, FileRequest asked) throws IOException {
        rig.driver.files().start(asked);
        rig.driver.poll(0);
        return rig.latest(Kind.FILE);
    }

    private static void answer(FakeRig rig, int result) throws IOException {
        rig.complete(Kind.FILE, result, 0);
        rig.driver.poll(0);
    }

    private static String textAt(long address) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; ; i++) {
            byte[] next = new byte[1];
            NativeMemory.at(address + i, 1).getBytes(0, next);
            if (next[0] == 0) {
                return text.toString();
            }
            text.append(new String(next, StandardCharsets.UTF_8));
        }
    }

    @Test
    void eachOperationTakesItsOwn() throws IOException {
        FakeRig newest = newKernel();
        for (Map.Entry<ScriptedFileRequest, Integer> each : all().entrySet()) {
            String name = each.getKey().operation().toString();
            assertTrue(newest.driver.files().carriesOut(each.getKey()), name);
            FakeSubmission entry = submit(newest, each.getKey());
            assertEquals(each.getValue(), entry.opcode(), name);
            answer(newest, 0);
            assertEquals(List.of("0"), each.getKey().ends, name);
        }
        newest.close();
    }

    @Test
    void whatAKernelLacksIsLeftToThreads() throws IOException {
        for (Map.Entry<ScriptedFileRequest, Integer> each : all().entrySet()) {
            boolean everyRingHas =
                    switch (each.getKey().operation()) {
                        case STATUS,
                                LINK_STATUS,
                                STATUS_OF_FILE,
                                OPEN,
                                READ,
                                WRITE,
                                SYNC,
                                SYNC_DATA,
                                SIZE,
                                CLOSE ->
                                true;
                        default -> false;
                    };
            if (!everyRingHas) {
                FakeRig older = newKernel(each.getValue());
                assertFalse(older.driver.files().carriesOut(each.getKey()));
                older.close();
            }
        }
        ScriptedFileRequest tooLong =
                request().stretch(Operation.ADVISE, 0, 1L + Integer.MAX_VALUE, 0);
        assertFalse(rig.driver.files().carriesOut(tooLong));
        assertFalse(rig.driver.files().carriesOut(request().ofPath(Operation.ACCESS, PATH, 4)));
        rig.close();
    }

    @Test
    void whatIsInterruptedOrBusyIsMadeAgainAndOnlyACloseIsNot() throws IOException {
        FakeRig newest = newKernel();
        for (ScriptedFileRequest each : all().keySet()) {
            for (int code : new int[] {Code.INTERRUPTED, Code.WOULD_BLOCK}) {
                each.ends.clear();
                FakeSubmission first = submit(newest, each);
                int before = newest.submitted(Kind.FILE).size();
                answer(newest, code);
                newest.driver.poll(0);
                if (each.operation() == Operation.CLOSE) {
                    assertEquals(before, newest.submitted(Kind.FILE).size());
                } else {
                    FakeSubmission again = newest.latest(Kind.FILE);
                    assertEquals(before + 1, newest.submitted(Kind.FILE).size());
                    assertEquals(first.opcode(), again.opcode());
                    assertEquals(first.descriptor(), again.descriptor());
                    assertEquals(first.length(), again.length());
                    assertEquals(first.operationFlags(), again.operationFlags());
                    assertEquals(List.of(), each.ends);
                    answer(newest, 0);
                }
                assertEquals(List.of("0"), each.ends, each.operation()::toString);
            }
        }
        newest.close();
    }

    @Test
    void anOpeningThatDoesNotWaitSaysSoAndHearsOfALease() throws IOException {
        ScriptedFileRequest waits = request().open(PATH, StandardOpenOption.READ);
        int without = submit(rig, waits).operationFlags();
        answer(rig, Code.NO_SUCH_FILE);
        ScriptedFileRequest request = request().openWithoutWaiting(PATH);
        int flag = Platform.current().constants().openNonblock;
        assertEquals(without | flag, submit(rig, request).operationFlags());
        assertNotEquals(0, flag);
        answer(rig, Code.WOULD_BLOCK);
        assertEquals(List.of("EAGAIN"), request.ends);
        rig.close();
    }

    /** Else requests on it end with EAGAIN, for ever, where a file system has no other way. */
    @Test
    void onlyTheOpeningDoesNotWait() throws IOException {
        submit(rig, request().open(PATH, StandardOpenOption.READ));
        answer(rig, 70);
        assertEquals(List.of(), rig.sockets.blocking);
        ScriptedFileRequest request = request().openWithoutWaiting(PATH);
        submit(rig, request);
        answer(rig, 71);
        assertEquals(List.of(71), rig.sockets.blocking);
        assertEquals(71, request.file().descriptor());
        rig.close();
    }

    @Test
    void everyOtherErrorIsToldAsItIs() throws IOException {
        int[] codes = {
            Code.IO_ERROR,
            Code.NO_SPACE,
            Code.QUOTA_EXCEEDED,
            Code.INVALID_ARGUMENT,
            Code.NO_SUCH_FILE,
            Code.NO_MEMORY
        };
        FakeRig newest = newKernel();
        for (ScriptedFileRequest each : all().keySet()) {
            for (int code : codes) {
                each.ends.clear();
                submit(newest, each);
                answer(newest, code);
                assertEquals(List.of(Code.name(code)), each.ends, each.operation()::toString);
            }
        }
        newest.close();
    }

    @Test
    void vectorsNameTheirBuffersAndEndInPart() throws IOException {
        for (Operation which : List.of(Operation.READ_VECTOR, Operation.WRITE_VECTOR)) {
            ScriptedFileRequest request = request().vector(which, vector(), 1L << 40);
            FakeSubmission entry = submit(rig, request);
            assertEquals(ScriptedFileRequest.DESCRIPTOR, entry.descriptor());
            assertEquals(2, entry.length());
            assertEquals(1L << 40, entry.offset());
            NativeMemory entries = NativeMemory.at(entry.address(), 32);
            long base = Libc.addressOf(buffer);
            assertEquals(base, entries.getLong(0));
            assertEquals(30, entries.getLong(8));
            assertEquals(base + 50, entries.getLong(16));
            assertEquals(50, entries.getLong(24));
            answer(rig, 31);
            assertEquals(List.of("31"), request.ends);
        }
        rig.close();
    }

    @Test
    void stretchesAndPathsAreWhereTheKernelLooksForThem() throws IOException {
        FakeRig newest = newKernel();
        FakeSubmission truncate = submit(newest, request().stretch(Operation.TRUNCATE, 7, 0, 0));
        assertEquals(7, truncate.offset());
        answer(newest, 0);
        FakeSubmission room = submit(newest, request().stretch(Operation.ALLOCATE, 7, 1L << 33, 0));
        assertEquals(7, room.offset());
        assertEquals(1L << 33, room.address());
        assertEquals(0, room.length());
        answer(newest, 0);
        FakeSubmission advice = submit(newest, request().stretch(Operation.ADVISE, 7, 9, 3));
        assertEquals(7, advice.offset());
        assertEquals(9, advice.length());
        assertEquals(3, advice.operationFlags());
        answer(newest, 0);
        FakeSubmission made =
                submit(newest, request().ofPath(Operation.MAKE_DIRECTORY, PATH, 0750));
        assertEquals(PATH.toString(), textAt(made.address()));
        assertEquals(0750, made.length());
        answer(newest, 0);
        FakeSubmission gone = submit(newest, request().ofPath(Operation.REMOVE_DIRECTORY, PATH, 0));
        assertEquals(PATH.toString(), textAt(gone.address()));
        assertEquals(0x200, gone.operationFlags());
        answer(newest, 0);
        int flag = FileRequest.RENAME_EXCHANGE;
        FakeSubmission name =
                submit(newest, request().ofPaths(Operation.RENAME, PATH, OTHER, flag));
        assertEquals(PATH.toString(), textAt(name.address()));
        assertEquals(OTHER.toString(), textAt(name.offset()));
        assertEquals(flag, name.operationFlags());
        answer(newest, 0);
        FakeSubmission link =
                submit(newest, request().ofPaths(Operation.SYMBOLIC_LINK, PATH, OTHER, 0));
        assertEquals(OTHER.toString(), textAt(link.address()));
        assertEquals(PATH.toString(), textAt(link.offset()));
        answer(newest, 0);
        newest.close();
    }

    /**
     * The fake kernel keeps what has no room, as kernels do, and hands it over at the next call.
     */
    @Test
    void moreEndsThanTheQueueHoldsAreAllTold() throws IOException {
        int count = 200;
        List<ScriptedFileRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScriptedFileRequest next = request().read(buffer, 0, 100, i);
            requests.add(next);
            rig.driver.files().start(next);
        }
        for (int polls = 0; rig.submitted(Kind.FILE).size() < count; polls++) {
            assertTrue(polls < count, "nothing is submitted any more");
            rig.driver.poll(0);
        }
        for (FakeSubmission each : List.copyOf(rig.submitted(Kind.FILE))) {
            rig.kernel.complete(each.userData(), (int) each.offset() % 100, 0);
        }
        for (int polls = 0; requests.get(count - 1).ends.isEmpty(); polls++) {
            assertTrue(polls < count, "some ends are lost");
            rig.driver.poll(0);
        }
        for (int i = 0; i < count; i++) {
            assertEquals(List.of(Integer.toString(i % 100)), requests.get(i).ends);
        }
        rig.close();
    }
}
