// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.RingCode;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.StatusLayout;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Something fails in the middle of a port, at each step there is: the operation concerned ends once
 * and with the reason, others go on, and the port can be closed.
 */
class UringFailureTest {
    private static final InetSocketAddress PEER =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final FakeRig rig = new FakeRig();
    private final List<Throwable> failures = rig.context.expectFailures();
    private final Error thrown = new OutOfMemoryError("thrown on purpose");

    UringFailureTest() throws IoException {}

    private BreakingStream breaking(String method) throws IoException {
        return new BreakingStream(rig, method, thrown);
    }

    /** Closes the port, with the kernel ending what it has in flight. */
    private void close(BreakingStream stream, int... inFlight) throws IoException {
        stream.port().close();
        rig.driver.poll(0);
        for (int kind : inFlight) {
            rig.complete(kind, Code.CANCELLED, 0);
        }
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        rig.close();
    }

    @Test
    void bytesThatCannotBeDeliveredEndTheReceiveAndNoneFollowThem() throws IoException {
        BreakingStream stream = breaking("onReceive");
        stream.port().startReceive();
        rig.driver.poll(0);
        int offered = rig.kernel.buffers().offered();
        rig.receive("lost", CompletionFlag.MORE);
        rig.driver.poll(0);
        assertEquals(List.of(thrown), failures);
        assertEquals(List.of("received 4"), stream.log());
        rig.receive("behind", CompletionFlag.MORE);
        rig.driver.poll(0);
        assertEquals(rig.latest(Kind.RECEIVE).userData(), rig.latest(Kind.CANCEL).address());
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("received 4", "stopped ENOMEM"), stream.log());
        rig.driver.poll(0);
        assertEquals(offered, rig.kernel.buffers().offered());
        close(stream);
        assertEquals(List.of("received 4", "stopped ENOMEM", "closed"), stream.log());
    }

    @Test
    void soDoTheLastOnesOfAReceive() throws IoException {
        BreakingStream stream = breaking("onReceive");
        stream.port().startReceive();
        rig.driver.poll(0);
        rig.receive("lost", 0);
        rig.driver.poll(0);
        assertEquals(List.of("received 4", "stopped ENOMEM"), stream.log());
        assertEquals(1, rig.submitted(Kind.RECEIVE).size());
        close(stream);
    }

    @Test
    void aStreamThatIsClosedMeanwhileEndsAllTheSame() throws IoException {
        BreakingStream stream = breaking("onReceive");
        stream.port().startReceive();
        rig.driver.poll(0);
        rig.receive("lost", CompletionFlag.MORE);
        rig.driver.poll(0);
        close(stream, Kind.RECEIVE);
        assertEquals(List.of("received 4", "stopped ENOMEM", "closed"), stream.log());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"onConnected", "onReceiveStopped", "onReceivedInto", "onSent", "onClosed"})
    void whatASinkThrowsIsToldAndDoesNotKeepThePortFromClosing(String method) throws IoException {
        BreakingStream stream = breaking(method);
        stream.port().connect(PEER);
        stream.port().startReceive();
        stream.port().send();
        rig.driver.poll(0);
        rig.complete(Kind.CONNECT, Code.OK, 0);
        rig.complete(Kind.RECEIVE, Code.RESET, 0);
        rig.driver.poll(0);
        stream.port().receiveInto(ByteBuffer.allocateDirect(10));
        rig.driver.poll(0);
        close(stream, Kind.RECEIVE_INTO);
        List<String> log = new ArrayList<>(stream.log());
        log.sort(null);
        assertEquals(
                List.of(
                        "closed",
                        "connected 0",
                        "received into ECANCELED",
                        "sent 10",
                        "stopped ECONNRESET"),
                log);
        assertEquals(List.of(thrown), failures);
    }

    @ParameterizedTest
    @ValueSource(strings = {"onConnected", "onReceivedInto", "onSent", "onClosed"})
    void norDoesItWhileWhatWasNeverSubmittedIsCancelled(String method) throws IoException {
        BreakingStream stream = breaking(method);
        stream.port().connect(PEER);
        stream.port().receiveInto(ByteBuffer.allocateDirect(10));
        stream.port().send();
        close(stream);
        assertEquals(
                List.of(
                        "connected ECANCELED",
                        "received into ECANCELED",
                        "sent ECANCELED",
                        "closed"),
                stream.log());
        assertEquals(List.of(thrown), failures);
    }

    @Test
    void aSendThatCannotBeGatheredEndsAndLeavesNothingToOthers() throws IoException {
        BreakingStream stream = breaking("gather");
        stream.port().send();
        ScriptedStream other = rig.stream().offers(new byte[3]);
        other.send();
        rig.driver.poll(0);
        assertEquals(List.of("sent ENOMEM"), stream.log());
        assertEquals(List.of("sent 3"), other.log());
        assertEquals(1, rig.submitted(Kind.SEND).size());
        assertEquals(3, rig.latest(Kind.SEND).length());
        assertThrows(OutOfMemoryError.class, () -> stream.port().sendPassing());
        other.offers(new byte[4]);
        other.port().sendPassing();
        assertEquals(0, rig.driver.gather.count());
        stream.port().close();
        other.port().close();
        rig.driver.poll(0);
        rig.submitted(Kind.CLOSE).forEach(each -> rig.kernel.complete(each.userData(), 0, 0));
        rig.driver.poll(0);
        rig.close();
    }

    @Test
    void aPassingSendThatFailsWhenThereIsRoomEnds() throws IoException {
        rig.sockets.answers.put("send", Code.WOULD_BLOCK);
        ScriptedStream stream = rig.stream().offers(new byte[3]);
        assertEquals(Code.PENDING, stream.port().sendPassing());
        rig.driver.poll(0);
        rig.sockets.thrown.put("send", thrown);
        rig.complete(Kind.SEND_FILE, 4, 0);
        rig.driver.poll(0);
        assertEquals(List.of("sent ENOMEM"), stream.log());
        assertEquals(List.of(thrown), failures);
        assertEquals(0, rig.driver.gather.count());
    }

    @Test
    void everyRequestThatCannotBeFilledInEnds() throws IoException {
        rig.driver.poll(0);
        BreakingStream stream = breaking("nothing");
        stream.port().connect(PEER);
        stream.port().receiveInto(ByteBuffer.allocateDirect(10));
        stream.port().send();
        ScriptedStream receiving = rig.stream();
        receiving.port().startReceive();
        ScriptedListener listener = rig.listener();
        listener.port().startAccept();
        rig.withoutSubmissions(() -> rig.driver.poll(0));
        assertEquals(List.of("connected EIO", "received into EIO", "sent EIO"), stream.log());
        assertEquals(List.of("stopped EIO"), receiving.log());
        assertEquals(List.of("stopped EIO"), listener.log());
        assertEquals(5, failures.size());
        rig.driver.poll(0);
        assertEquals(List.of(), afterTheWakeUp());
        listener.port().startAccept();
        receiving.port().startReceive();
        stream.port().send();
        rig.driver.poll(0);
        assertEquals(List.of(Kind.ACCEPT, Kind.RECEIVE, Kind.SEND), afterTheWakeUp());
        assertEquals("sent 10", stream.log().get(3));
    }

    @Test
    void aCompletionAfterItsPortsLastIsToldAndThoseBehindItAreHeard() throws IoException {
        ScriptedStream gone = rig.receiving();
        long late = rig.latest(Kind.RECEIVE).userData();
        rig.complete(Kind.RECEIVE, 0, 0);
        gone.port().close();
        rig.driver.poll(0);
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        ScriptedStream other = rig.receiving();
        rig.kernel.complete(late, 5, 0);
        rig.receive("hello", CompletionFlag.MORE);
        rig.driver.poll(0);
        assertEquals(List.of("received 5"), other.log());
        assertEquals(1, failures.size());
        assertEquals("a completion of kind 3 after its port's last", failures.get(0).getMessage());
    }

    @Test
    void aSinkThatThrowsAsItsQuietSendIsSettledEndsNoPoll() throws IoException {
        ScriptedStream other = rig.receiving();
        BreakingStream stream = breaking("onClosed");
        stream.port().send();
        overflow();
        rig.driver.poll(0);
        stream.port().close();
        overflow();
        rig.driver.poll(0);
        rig.complete(Kind.CLOSE, Code.OK, 0);
        overflow();
        rig.driver.poll(0);
        rig.receive("hello", CompletionFlag.MORE);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("sent 10", "closed"), stream.log());
        assertEquals(List.of("received 5"), other.log());
        assertEquals(List.of(thrown), failures);
    }

    /** The kernel holds completions back, for there are more than the queue has room for. */
    private void overflow() {
        for (int i = 0; i < 70; i++) {
            rig.complete(Kind.WAKE, 1, CompletionFlag.MORE);
        }
    }

    private List<Integer> afterTheWakeUp() {
        return rig.kernel.submissions.stream().skip(1).map(FakeSubmission::kind).toList();
    }

    @Test
    void closingAndStoppingAreTriedAgain() throws IoException {
        ScriptedStream stopping = rig.receiving();
        ScriptedStream closing = rig.receiving();
        stopping.port().stopReceive();
        closing.port().close();
        rig.withoutSubmissions(() -> rig.driver.poll(0));
        rig.withoutSubmissions(() -> rig.driver.poll(-1));
        assertEquals(0, rig.submitted(Kind.CANCEL).size());
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.CANCEL).size());
        assertEquals(1, rig.submitted(Kind.CLOSE).size());
        rig.submitted(Kind.RECEIVE)
                .forEach(each -> rig.kernel.complete(each.userData(), Code.CANCELLED, 0));
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED"), stopping.log());
        assertEquals(List.of("stopped ECANCELED", "closed"), closing.log());
    }

    @Test
    void theWakeUpIsArmedAgain() throws IoException {
        rig.withoutSubmissions(() -> rig.driver.poll(-1));
        assertEquals(1, failures.size());
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.WAKE).size());
    }

    @Test
    void aConnectionThatCannotBeHandedOverEndsTheAcceptAndOthersAreClosed() throws IoException {
        List<String> log = new ArrayList<>();
        ListenerSink sink =
                new ListenerSink() {
                    @Override
                    public void onAccept(Accepted connection) {
                        connection.close();
                        throw thrown;
                    }

                    @Override
                    public void onAcceptStopped(int code) {
                        log.add("stopped " + Code.name(code));
                    }

                    @Override
                    public void onClosed() {
                        log.add("closed");
                    }
                };
        ListenerPort port =
                rig.driver
                        .streams()
                        .listen(new ListenSpec(new InetSocketAddress(0), 1, true, false, 0), sink);
        port.startAccept();
        rig.driver.poll(0);
        rig.complete(Kind.ACCEPT, 91, CompletionFlag.MORE);
        rig.complete(Kind.ACCEPT, 92, CompletionFlag.MORE);
        rig.driver.poll(0);
        assertEquals(List.of(), log);
        rig.driver.poll(0);
        assertEquals(rig.latest(Kind.ACCEPT).userData(), rig.latest(Kind.CANCEL).address());
        rig.complete(Kind.ACCEPT, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ENOMEM"), log);
        assertEquals(List.of(91), rig.sockets.closed);
        assertEquals(List.of(92), rig.kernel.closed);
        port.startAccept();
        rig.driver.poll(0);
        port.close();
        rig.driver.poll(0);
        rig.complete(Kind.ACCEPT, Code.CANCELLED, 0);
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ENOMEM", "stopped ECANCELED", "closed"), log);
        rig.close();
    }

    @Test
    void aFileRequestThatCannotBeFilledInEndsWithTheReason() throws IoException {
        rig.driver.poll(0);
        for (Operation operation : List.of(Operation.SYNC, Operation.SIZE)) {
            ScriptedFileRequest request = new ScriptedFileRequest().of(operation);
            assertEndsWithoutBeingMade(request);
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        assertEndsWithoutBeingMade(new ScriptedFileRequest().read(buffer, 0, 10, 0));
        assertEndsWithoutBeingMade(new ScriptedFileRequest().write(buffer, 0, 10, 0));
        assertEndsWithoutBeingMade(new ScriptedFileRequest().status(Path.of("/some")));
        assertEndsWithoutBeingMade(
                new ScriptedFileRequest().open(Path.of("/some"), StandardOpenOption.READ));
        rig.close();
    }

    private void assertEndsWithoutBeingMade(ScriptedFileRequest request) throws IoException {
        rig.driver.files().start(request);
        rig.withoutSubmissions(() -> rig.driver.poll(0));
        rig.driver.poll(0);
        assertEquals(Opcode.NOP, rig.latest(Kind.FILE).opcode());
        rig.complete(Kind.FILE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("EIO"), request.ends);
        assertInstanceOf(IndexOutOfBoundsException.class, request.cause());
    }

    @Test
    void aFileThatCannotBeClosedYetIsClosedLater() throws IoException {
        rig.driver.poll(0);
        ScriptedFileRequest request = new ScriptedFileRequest().of(Operation.CLOSE);
        rig.driver.files().start(request);
        rig.withoutSubmissions(() -> rig.driver.poll(0));
        rig.driver.poll(0);
        assertEquals(Opcode.CLOSE, rig.latest(Kind.FILE).opcode());
        rig.complete(Kind.FILE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("0"), request.ends);
        rig.close();
    }

    /** Of times that are out of all bounds nothing can be made. */
    @Test
    void aFileRequestWhoseAnswerCannotBeGivenEnds() throws IoException {
        ScriptedFileRequest request = new ScriptedFileRequest().status(Path.of("/some"));
        rig.driver.files().start(request);
        rig.driver.poll(0);
        NativeMemory.at(rig.latest(Kind.FILE).offset(), StatusLayout.BYTES)
                .putLong(StatusLayout.MODIFIED_SECONDS, Long.MAX_VALUE);
        rig.complete(Kind.FILE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("EIO"), request.ends);
        rig.close();
    }

    @Test
    void aFileThatWasOpenedOrAcceptedAndNobodyWasToldOfIsClosedWithTheRing() throws IoException {
        ScriptedListener listener = rig.listener();
        listener.port().startAccept();
        startOpening();
        rig.complete(Kind.FILE, 93, 0);
        rig.complete(Kind.ACCEPT, 94, CompletionFlag.MORE);
        rig.kernel.nextEntries.add(RingCode.COMPLETIONS_LOST);
        assertThrows(IoException.class, () -> rig.driver.poll(0));
        rig.driver.close();
        List<Integer> closed = new ArrayList<>(rig.kernel.closed);
        closed.retainAll(List.of(93, 94));
        assertEquals(List.of(93, 94), closed);
    }

    @Test
    void aFileThatIsStillBeingOpenedIsWaitedForBeforeTheRingCloses() throws IoException {
        startOpening();
        rig.kernel.whenWaiting = () -> rig.complete(Kind.FILE, 93, 0);
        rig.driver.close();
        assertEquals(List.of(93, FakeKernel.RING_DESCRIPTOR), rig.kernel.closed);
    }

    @Test
    void butNotForLong() throws IoException {
        startOpening();
        int before = rig.kernel.entries.size();
        rig.driver.close();
        assertEquals(List.of(FakeKernel.RING_DESCRIPTOR), rig.kernel.closed);
        assertEquals(before + 1, rig.kernel.entries.size());
        assertTrue(rig.kernel.entries.get(before).timeoutNanos() <= 1_000_000_000);
    }

    /** A number that is closed twice may be somebody else's by then. */
    @Test
    void aFileThatTheKernelHasClosedIsNotClosedAgain() throws IoException {
        rig.driver.files().start(new ScriptedFileRequest().of(Operation.CLOSE));
        rig.driver.poll(0);
        rig.complete(Kind.FILE, Code.OK, 0);
        rig.stream().port().startReceive();
        rig.kernel.nextEntries.addAll(List.of(0, RingCode.COMPLETIONS_LOST));
        assertThrows(IoException.class, () -> rig.driver.poll(0));
        rig.driver.close();
        assertFalse(rig.kernel.closed.contains(ScriptedFileRequest.DESCRIPTOR));
    }

    private void startOpening() throws IoException {
        rig.driver
                .files()
                .start(new ScriptedFileRequest().open(Path.of("/a"), StandardOpenOption.READ));
        rig.driver.poll(0);
    }
}
