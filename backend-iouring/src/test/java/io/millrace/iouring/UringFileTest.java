// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.posix.Libc;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketConstants;
import io.millrace.posix.StatusLayout;
import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files on a ring that the test plays: what is submitted, and what becomes of each answer. */
class UringFileTest {
    private static final SocketConstants CONSTANTS = Platform.current().constants();
    private static final Path PATH = Path.of("/some/file");

    private final FakeRig rig = new FakeRig();
    private final ScriptedFileRequest request = new ScriptedFileRequest();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(100);

    UringFileTest() throws IoException {}

    private FakeSubmission submit(FileRequest asked) throws IoException {
        rig.driver.files().start(asked);
        rig.driver.poll(0);
        return rig.latest(Kind.FILE);
    }

    private void answer(int result) throws IoException {
        rig.complete(Kind.FILE, result, 0);
        rig.driver.poll(0);
    }

    private void assertEnds(String... expected) {
        assertEquals(List.of(expected), request.ends);
    }

    private static String textAt(long address, int length) {
        byte[] bytes = new byte[length];
        NativeMemory.at(address, length).getBytes(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void opensTheTerminatedPathForEverybodyTheUmaskLets() throws IoException {
        FakeSubmission open = submit(request.open(PATH, StandardOpenOption.READ));
        assertEquals(Opcode.OPENAT, open.opcode());
        assertEquals("/some/file\0", textAt(open.address(), 11));
        assertEquals(0666, open.length());
        assertEquals(CONSTANTS.openCloexec, open.operationFlags());
        answer(44);
        assertEnds("0");
        assertEquals(44, request.file().descriptor());
        rig.close();
    }

    @Test
    void openOptionsBecomeTheFlagsOfTheSystem() throws IoException {
        assertFlags(CONSTANTS.openWriteOnly, StandardOpenOption.WRITE);
        assertFlags(CONSTANTS.openReadWrite, StandardOpenOption.READ, StandardOpenOption.WRITE);
        assertFlags(
                CONSTANTS.openWriteOnly | CONSTANTS.openAppend | CONSTANTS.openCreate,
                StandardOpenOption.APPEND,
                StandardOpenOption.CREATE);
        assertFlags(
                CONSTANTS.openWriteOnly | CONSTANTS.openCreate | CONSTANTS.openExclusive,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.SPARSE);
        assertFlags(
                CONSTANTS.openWriteOnly | CONSTANTS.openTruncate,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    private void assertFlags(int flags, StandardOpenOption... options) throws IoException {
        FakeSubmission open = submit(request.open(PATH, options));
        assertEquals(flags | CONSTANTS.openCloexec, open.operationFlags());
        answer(44);
    }

    @Test
    void aStatusIsReadFromWhereTheKernelWasToPutIt() throws IoException {
        FakeSubmission status = submit(request.status(PATH));
        assertEquals(Opcode.STATX, status.opcode());
        assertEquals("/some/file\0", textAt(status.address(), 11));
        assertEquals(StatusLayout.OF_PATH, status.length());
        NativeMemory answer = NativeMemory.at(status.offset(), StatusLayout.BYTES);
        answer.putShort(StatusLayout.MODE, (short) 0100644);
        answer.putLong(StatusLayout.SIZE, 5L << 32);
        answer.putLong(StatusLayout.MODIFIED_SECONDS, -1);
        answer.putInt(StatusLayout.MODIFIED_NANOS, 999_999_999);
        answer(0);
        assertEnds("0");
        assertTrue(request.attributes().isRegularFile());
        assertEquals(0644, request.attributes().permissions());
        assertEquals(5L << 32, request.attributes().size());
        assertEquals(Instant.EPOCH.minusNanos(1), request.attributes().lastModified());
        rig.close();
    }

    @Test
    void aSizeIsThatOfTheDescriptor() throws IoException {
        FakeSubmission size = submit(request.of(Operation.SIZE));
        assertEquals(Opcode.STATX, size.opcode());
        assertEquals(ScriptedFileRequest.DESCRIPTOR, size.descriptor());
        assertEquals(StatusLayout.EMPTY_PATH, size.operationFlags());
        assertEquals("\0", textAt(size.address(), 1));
        NativeMemory.at(size.offset(), StatusLayout.BYTES).putLong(StatusLayout.SIZE, 7L << 33);
        answer(0);
        assertEnds(Long.toString(7L << 33));
        rig.close();
    }

    @Test
    void transfersNameExactlyTheGivenBytesAndTakeWhatIsAnswered() throws IoException {
        FakeSubmission read = submit(request.read(buffer, 20, 50, 6L << 32));
        assertEquals(Opcode.READ, read.opcode());
        assertEquals(ScriptedFileRequest.DESCRIPTOR, read.descriptor());
        assertEquals(Libc.addressOf(buffer) + 20, read.address());
        assertEquals(30, read.length());
        assertEquals(6L << 32, read.offset());
        answer(11);
        FakeSubmission write = submit(request.write(buffer, 0, 100, 1));
        assertEquals(Opcode.WRITE, write.opcode());
        assertEquals(100, write.length());
        answer(1);
        assertEnds("11", "1");
        assertEquals(0, buffer.position());
        assertEquals(100, buffer.limit());
        rig.close();
    }

    @Test
    void aTransferOfUsualSizeIsNotForcedOntoAThread() throws IoException {
        FakeSubmission read = submit(request.read(buffer, 0, 100, 0));
        assertEquals(0, read.entryFlags());
        assertEquals(0, read.operationFlags());
        assertEquals(0, read.priority());
    }

    @Test
    void aTransferThatWouldHoldUpTheLoopIsLeftToAThread() throws IoException {
        int bytes = UringFileRequest.MOST_BYTES_AT_ONCE;
        ByteBuffer large = ByteBuffer.allocateDirect(bytes + 1);
        assertEquals(0, submit(request.read(large, 0, bytes, 0)).entryFlags());
        answer(bytes);
        FakeSubmission read = submit(request.read(large, 0, bytes + 1, 0));
        assertEquals(EntryFlag.ASYNC, read.entryFlags());
        answer(bytes + 1);
        FakeSubmission write = submit(request.write(large, 0, bytes + 1, 0));
        assertEquals(EntryFlag.ASYNC, write.entryFlags());
        answer(bytes + 1);
        rig.close();
    }

    @Test
    void theKernelIsGivenSoMuchOfFilesInOneEntryAndTheRestWithoutAWait() throws IoException {
        int bytes = 200 << 10;
        ByteBuffer large = ByteBuffer.allocateDirect(bytes);
        for (int i = 0; i < 15; i++) {
            rig.driver.files().start(new ScriptedFileRequest().read(large, 0, bytes, i));
        }
        int share = UringDriver.FILE_BYTES_PER_POLL / bytes + 1;
        for (int polls = 1; polls <= 2; polls++) {
            rig.driver.poll(-1);
            assertEquals(polls * share, rig.submitted(Kind.FILE).size());
        }
        rig.driver.poll(0);
        assertEquals(15, rig.submitted(Kind.FILE).size());
        for (int i = 0; i < 15; i++) {
            assertEquals(i, rig.submitted(Kind.FILE).get(i).offset());
            rig.kernel.complete(rig.submitted(Kind.FILE).get(i).userData(), bytes, 0);
        }
        rig.driver.poll(0);
        rig.close();
    }

    @Test
    void aDeviceGetsItsRequestsWhileCallbacksStillRun() throws IoException {
        List<Integer> handedOver = new ArrayList<>();
        submit(beginningReads(2 * UringDriver.FILES_AT_ONCE + 3, 1, handedOver));
        answer(1);
        int whole = 1 + 2 * UringDriver.FILES_AT_ONCE;
        assertEquals(List.of(whole), handedOver);
        rig.driver.poll(0);
        assertEquals(whole + 3, rig.submitted(Kind.FILE).size());
    }

    @Test
    void whatCallbacksHandOverIsPartOfWhatAnEntryMayHaveOfFiles() throws IoException {
        List<Integer> handedOver = new ArrayList<>();
        int bytes = 200 << 10;
        submit(beginningReads(2 * UringDriver.FILES_AT_ONCE, bytes, handedOver));
        answer(1);
        int share = UringDriver.FILE_BYTES_PER_POLL / bytes + 1;
        assertEquals(List.of(1 + share), handedOver);
        rig.driver.poll(-1);
        assertEquals(1 + 2 * share, rig.submitted(Kind.FILE).size());
    }

    @Test
    void whatTheKernelRefusesWithinACallbackGoesWithTheNextEntry() throws IoException {
        List<Integer> handedOver = new ArrayList<>();
        submit(beginningReads(UringDriver.FILES_AT_ONCE, 1, handedOver));
        rig.complete(Kind.FILE, 1, 0);
        rig.kernel.whenSubmitted =
                submission -> {
                    rig.kernel.whenSubmitted = any -> {};
                    throw new IllegalStateException("on purpose");
                };
        rig.driver.poll(0);
        assertEquals(1, handedOver.size(), "the callback went on");
        rig.driver.poll(0);
        assertEquals(
                UringDriver.FILES_AT_ONCE,
                rig.submitted(Kind.FILE).stream()
                        .skip(1)
                        .map(FakeSubmission::offset)
                        .distinct()
                        .count());
    }

    /** A read whose callback begins others, and notes how many the kernel has got by then. */
    private FileRequest beginningReads(int count, int bytes, List<Integer> handedOver) {
        ByteBuffer large = ByteBuffer.allocateDirect(bytes);
        ScriptedFileRequest beginning =
                new ScriptedFileRequest() {
                    @Override
                    public void onEnded(long result) {
                        for (int i = 0; i < count; i++) {
                            rig.driver
                                    .files()
                                    .start(new ScriptedFileRequest().read(large, 0, bytes, i));
                        }
                        handedOver.add(rig.submitted(Kind.FILE).size());
                    }
                };
        return beginning.read(buffer, 0, 1, 0);
    }

    @Test
    void smallTransfersAreCountedByTheirNumber() throws IoException {
        int share = UringDriver.FILE_BYTES_PER_POLL / (UringDriver.FILE_REQUEST_BYTES + 1) + 1;
        for (int i = 0; i < 2 * share; i++) {
            rig.driver.files().start(new ScriptedFileRequest().read(buffer, 0, 1, i));
        }
        rig.driver.poll(0);
        assertEquals(share, rig.submitted(Kind.FILE).size());
        rig.driver.poll(0);
        assertEquals(2 * share, rig.submitted(Kind.FILE).size());
    }

    @Test
    void syncsAndClosesNameTheDescriptor() throws IoException {
        FakeSubmission sync = submit(request.of(Operation.SYNC));
        assertEquals(Opcode.FSYNC, sync.opcode());
        assertEquals(0, sync.operationFlags());
        answer(0);
        FakeSubmission data = submit(request.of(Operation.SYNC_DATA));
        assertEquals(RequestFlag.SYNC_DATA_ONLY, data.operationFlags());
        answer(Code.IO_ERROR);
        FakeSubmission close = submit(request.of(Operation.CLOSE));
        assertEquals(Opcode.CLOSE, close.opcode());
        assertEquals(ScriptedFileRequest.DESCRIPTOR, close.descriptor());
        answer(0);
        assertEnds("0", "EIO", "0");
        rig.close();
    }

    @Test
    void aFullDiskAfterAShortWriteIsReportedAsItIs() throws IoException {
        submit(request.write(buffer, 0, 100, 0));
        answer(60);
        submit(request.write(buffer, 60, 100, 60));
        answer(Code.NO_SPACE);
        assertEnds("60", "ENOSPC");
        rig.close();
    }

    @Test
    void interruptedAndBusyRequestsAreMadeAgain() throws IoException {
        submit(request.read(buffer, 0, 100, 9));
        answer(Code.INTERRUPTED);
        answer(Code.WOULD_BLOCK);
        rig.driver.poll(0);
        assertEnds();
        List<FakeSubmission> reads = rig.submitted(Kind.FILE);
        assertEquals(3, reads.size());
        assertEquals(reads.get(0), reads.get(2));
        answer(100);
        assertEnds("100");
        rig.close();
    }

    @Test
    void aCloseThatIsInterruptedIsNotMadeAgain() throws IoException {
        submit(request.of(Operation.CLOSE));
        answer(Code.INTERRUPTED);
        rig.driver.poll(0);
        assertEnds("0");
        assertEquals(1, rig.submitted(Kind.FILE).size());
        rig.close();
    }

    @Test
    void anyNumberIsInFlightAndEndsInAnyOrder() throws IoException {
        List<ScriptedFileRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            requests.add(new ScriptedFileRequest().read(buffer, 0, 100, i));
            rig.driver.files().start(requests.get(i));
        }
        rig.driver.poll(0);
        List<FakeSubmission> submitted = rig.submitted(Kind.FILE);
        assertEquals(40, submitted.size(), "more than the queue of 16 holds at once");
        for (int i = 39; i >= 0; i--) {
            rig.kernel.complete(submitted.get(i).userData(), i, 0);
        }
        rig.driver.poll(0);
        for (int i = 0; i < 40; i++) {
            assertEquals(List.of("" + i), requests.get(i).ends);
        }
        rig.close();
    }

    @Test
    void whatIsCancelledBeforeItsSubmissionIsNeverDone() throws IoException {
        rig.driver.files().start(request.write(buffer, 0, 100, 0));
        rig.driver.files().cancel(request);
        rig.driver.files().cancel(request);
        assertEnds();
        rig.driver.poll(0);
        assertEquals(Opcode.NOP, rig.latest(Kind.FILE).opcode());
        answer(0);
        assertEnds("ECANCELED");
        rig.driver.poll(0);
        assertEquals(0, rig.submitted(Kind.CANCEL).size());
        rig.close();
    }

    @Test
    void whatIsCancelledInFlightEndsWithItsOwnResult() throws IoException {
        FakeSubmission write = submit(request.write(buffer, 0, 100, 0));
        rig.driver.files().cancel(request);
        rig.driver.poll(0);
        assertEquals(write.userData(), rig.latest(Kind.CANCEL).address());
        answer(100);
        FakeSubmission read = submit(request.read(buffer, 0, 100, 0));
        rig.driver.files().cancel(request);
        rig.driver.poll(0);
        assertEquals(read.userData(), rig.latest(Kind.CANCEL).address());
        answer(Code.CANCELLED);
        assertEnds("100", "ECANCELED");
        rig.close();
    }

    @Test
    void anInterruptionAfterACancelIsTheCancellation() throws IoException {
        submit(request.read(buffer, 0, 100, 0));
        rig.driver.files().cancel(request);
        rig.driver.poll(0);
        answer(Code.INTERRUPTED);
        rig.driver.poll(0);
        assertEnds("ECANCELED");
        assertEquals(1, rig.submitted(Kind.FILE).size());
        rig.close();
    }

    @Test
    void aCancelThatComesTooLateReachesNoSuccessor() throws IoException {
        submit(request.read(buffer, 0, 100, 0));
        rig.complete(Kind.FILE, 100, 0);
        rig.driver.files().cancel(request);
        rig.driver.poll(0);
        assertEnds("100");
        long cancelled = rig.latest(Kind.CANCEL).address();
        FakeSubmission next = submit(request.read(buffer, 0, 100, 0));
        assertEquals(UserData.slot(cancelled), UserData.slot(next.userData()));
        assertEquals(UserData.generation(cancelled) + 1, UserData.generation(next.userData()));
        List<Throwable> failures = rig.context.expectFailures();
        rig.kernel.complete(cancelled, 1, 0);
        rig.driver.poll(0);
        assertEquals(1, failures.size());
    }

    @Test
    void anEndMayStartTheNextRequestAtOnce() throws IoException {
        ScriptedFileRequest next = new ScriptedFileRequest().read(buffer, 0, 10, 0);
        FileRequest first =
                new FileRequest() {
                    {
                        ask(Operation.SYNC, ScriptedFileRequest.FILE);
                    }

                    @Override
                    public void onEnded(long result) {
                        rig.driver.files().start(next);
                    }
                };
        submit(first);
        answer(0);
        rig.driver.poll(0);
        assertEquals(Opcode.READ, rig.latest(Kind.FILE).opcode());
        answer(10);
        assertEquals(List.of("10"), next.ends);
        rig.close();
    }
}
