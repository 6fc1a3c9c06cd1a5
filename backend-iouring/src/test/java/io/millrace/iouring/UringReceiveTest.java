// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.spi.Code;
import io.millrace.testkit.script.ScriptedStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Receiving, on kernels that end it at every turn. */
class UringReceiveTest {
    private static final RingSizes SIZES = new RingSizes(16, 64);
    private static final int MORE = CompletionFlag.MORE;

    static List<Features> kernels() {
        return ProbeTest.kernels();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void oneRequestBringsManyChunks(Features features) throws IoException {
        FakeRig rig = new FakeRig(features, SIZES, 64);
        ScriptedStream stream = rig.receiving();
        for (int i = 0; i < 200; i++) {
            rig.receive("message " + i % 10, MORE);
            rig.driver.poll(0);
        }
        assertEquals(200, stream.count("received 9"));
        assertEquals(1, rig.submitted(Kind.RECEIVE).size());
        assertEquals(EntryFlag.BUFFER_SELECT, rig.latest(Kind.RECEIVE).entryFlags());
        assertEquals(RequestFlag.PRIORITY_RECEIVE_MULTISHOT, rig.latest(Kind.RECEIVE).priority());
    }

    @Test
    void aRequestThatTheKernelEndedIsArmedAgain() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        rig.receive("last", 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.RECEIVE).size());
        rig.receive("first", MORE);
        rig.driver.poll(0);
        assertEquals(List.of("received 4", "received 5"), stream.log());
    }

    @Test
    void interruptedAndEmptyReceivesAreArmedAgainInSilence() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        for (int code : new int[] {Code.INTERRUPTED, Code.WOULD_BLOCK}) {
            rig.complete(Kind.RECEIVE, code, 0);
            rig.driver.poll(0);
            rig.driver.poll(0);
        }
        assertEquals(3, rig.submitted(Kind.RECEIVE).size());
        assertEquals(List.of(), stream.log());
    }

    @Test
    void aFullCompletionQueueLosesNothing() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 256);
        ScriptedStream stream = rig.receiving();
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            if (rig.kernel.buffers().offered() == 0) {
                rig.complete(Kind.RECEIVE, Code.NO_CHUNKS, 0);
                rig.driver.poll(0);
                rig.driver.poll(0);
            }
            rig.receive("m" + i, MORE);
            sent.append("m").append(i);
        }
        while (rig.driver.poll(0) > 0) {
            assertTrue(stream.count("stopped") == 0);
        }
        assertEquals(sent.toString(), new String(stream.received(), StandardCharsets.US_ASCII));
    }

    @Test
    void endOfStreamEndsIt() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        rig.complete(Kind.RECEIVE, 0, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped 0"), stream.log());
    }

    @Test
    void aBufferThatComesWithTheEndOrAnErrorIsReturned() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        int offered = rig.kernel.buffers().offered();
        rig.complete(Kind.RECEIVE, Code.RESET, rig.kernel.buffers().fill(""));
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECONNRESET"), stream.log());
        assertEquals(offered, rig.kernel.buffers().offered());
    }

    @Test
    void moreBuffersAreOfferedWhenTheKernelRunsOut() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        int before = rig.kernel.buffers().offered();
        rig.complete(Kind.RECEIVE, Code.NO_CHUNKS, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2 * before, rig.kernel.buffers().offered());
        assertEquals(2, rig.submitted(Kind.RECEIVE).size());
        assertEquals(List.of(), stream.log());
    }

    @Test
    void everyChunkOnLoanEndsAReceiveAndTheirReturnIsToldOnce() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        ScriptedStream stream = rig.receiving();
        stream.keepChunks();
        for (int i = 0; i < 8; i++) {
            rig.receive("x", MORE);
        }
        rig.complete(Kind.RECEIVE, Code.NO_CHUNKS, 0);
        rig.driver.poll(0);
        assertEquals("stopped ENOBUFS", stream.lastHeard());
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.RECEIVE).size());
        assertEquals(0, rig.context.chunkReturns());
        stream.releaseKept();
        assertEquals(1, rig.context.chunkReturns());
        stream.port().startReceive();
        rig.driver.poll(0);
        assertEquals(8, rig.kernel.buffers().offered());
        rig.receive("y", MORE);
        rig.driver.poll(0);
        assertEquals("received 1", stream.lastHeard());
    }

    @Test
    void chunksThatCameBackMeanwhileAreUsedAtOnce() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        ScriptedStream stream = rig.receiving();
        for (int i = 0; i < 8; i++) {
            rig.receive("x", MORE);
        }
        rig.complete(Kind.RECEIVE, Code.NO_CHUNKS, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(0, stream.count("stopped"));
        assertEquals(2, rig.submitted(Kind.RECEIVE).size());
        assertEquals(8, rig.kernel.buffers().offered());
    }

    @Test
    void ofManyThatFoundNoBufferOnlyAsManyBeginAgainAsThereAreBuffers() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        turnedAway(rig, 20);
        List<Integer> submitted = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rig.kernel.entries.clear();
            rig.driver.poll(i < 2 ? -1 : 0);
            submitted.add(rig.submitted(Kind.RECEIVE).size() - 20);
            assertEquals(0, rig.kernel.entries.get(0).completions(), "waits for nobody");
            rig.complete(Kind.WAKE, 1, MORE);
        }
        assertEquals(List.of(8, 16, 20, 20), submitted);
    }

    @Test
    void whoeverFoundNoBufferGetsOneBesideSendersThatKeepUp() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        List<ScriptedStream> streams = turnedAway(rig, 42);
        sendersKeepUp(rig);
        for (int i = 0; i < 6; i++) {
            rig.driver.poll(0);
        }
        assertEquals(List.of(), withoutMessage(streams), "after 6 times 8 buffers");
    }

    @Test
    void aSenderThatKeepsUpAndStartsAnewComesAfterWhoFoundNoBuffer() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        ScriptedStream sender = rig.stream();
        ScriptedStream quiet = turnedAway(rig, 1).get(0);
        sendersKeepUp(rig);
        sender.port().startReceive();
        rig.driver.poll(0);
        assertEquals(8, quiet.count("received 1"), "alone it takes what there is");
        assertEquals(0, sender.count("received 1"));
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(), withoutMessage(List.of(sender, quiet)));
    }

    @Test
    void theLastOfThemTakesTheBuffersThatAreLeft() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        List<ScriptedStream> streams = turnedAway(rig, 3);
        sendersKeepUp(rig);
        rig.driver.poll(0);
        List<Long> messages = streams.stream().map(each -> each.count("received 1")).toList();
        assertEquals(List.of(1L, 1L, 6L), messages);
    }

    @Test
    void aStreamThatIsClosedLeavesItsBufferToWhoComesNext() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        List<ScriptedStream> streams = turnedAway(rig, 16);
        for (ScriptedStream stream : streams.subList(0, 8)) {
            stream.port().close();
        }
        sendersKeepUp(rig);
        rig.driver.poll(0);
        assertEquals(List.of(), withoutMessage(streams.subList(8, 16)));
    }

    /** Every receive that is submitted from now on finds as much as there are buffers for. */
    private static void sendersKeepUp(FakeRig rig) {
        rig.kernel.whenSubmitted =
                submission -> {
                    if (submission.kind() == Kind.RECEIVE) {
                        fillWhatItMay(rig, submission);
                    }
                };
    }

    private static void fillWhatItMay(FakeRig rig, FakeSubmission receive) {
        FakeBuffers buffers = rig.kernel.buffers();
        if (receive.priority() == 0 && buffers.offered() > 0) {
            rig.kernel.complete(receive.userData(), 1, buffers.fill("x"));
            return;
        }
        while (buffers.offered() > 0) {
            rig.kernel.complete(receive.userData(), 1, buffers.fill("x") | MORE);
        }
        rig.kernel.complete(receive.userData(), Code.NO_CHUNKS, 0);
    }

    private static List<ScriptedStream> withoutMessage(List<ScriptedStream> streams) {
        return streams.stream().filter(each -> each.count("received 1") == 0).toList();
    }

    @Test
    void stoppingAReceiveThatIsToBeginAgainEndsIt() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        ScriptedStream last = turnedAway(rig, 9).get(8);
        last.port().stopReceive();
        rig.driver.poll(0);
        assertEquals(rig.latest(Kind.CANCEL).address(), userDataOf(rig, 8));
        rig.kernel.complete(userDataOf(rig, 8), Code.CANCELLED, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED"), last.log());
        assertEquals(18, rig.submitted(Kind.RECEIVE).size());
    }

    @Test
    void closingAStreamWhoseReceiveIsToBeginAgainEndsBoth() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), SIZES, 8);
        ScriptedStream last = turnedAway(rig, 9).get(8);
        last.port().close();
        rig.driver.poll(0);
        rig.completeClose();
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED", "closed"), last.log());
        assertEquals(17, rig.submitted(Kind.RECEIVE).size());
    }

    /** Streams whose receives have all found no buffer, in their order. */
    private static List<ScriptedStream> turnedAway(FakeRig rig, int count) throws IoException {
        List<ScriptedStream> streams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            streams.add(rig.receiving());
        }
        for (int i = 0; i < count; i++) {
            rig.kernel.complete(userDataOf(rig, i), Code.NO_CHUNKS, 0);
        }
        rig.driver.poll(0);
        return streams;
    }

    private static long userDataOf(FakeRig rig, int receive) {
        return rig.submitted(Kind.RECEIVE).get(receive).userData();
    }

    @Test
    void stoppingCancelsAndReportsOnce() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        stream.port().stopReceive();
        stream.port().stopReceive();
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.CANCEL).size());
        assertEquals(rig.latest(Kind.RECEIVE).userData(), rig.latest(Kind.CANCEL).address());
        rig.receive("late", MORE);
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("received 4", "stopped ECANCELED"), stream.log());
    }

    @Test
    void aRequestThatTheKernelEndsWhileStoppingIsNotArmedAgain() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        stream.port().stopReceive();
        rig.receive("last", 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("received 4", "stopped ECANCELED"), stream.log());
        assertEquals(1, rig.submitted(Kind.RECEIVE).size());
    }

    @Test
    void aStopThatCameTooLateDoesNotCancelTheNextReceive() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        stream.reaction(
                line -> {
                    if (line.startsWith("received")) {
                        stream.port().stopReceive();
                    }
                });
        rig.receive("last", 0);
        rig.driver.poll(0);
        stream.port().startReceive();
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.RECEIVE).size());
        assertEquals(0, rig.submitted(Kind.CANCEL).size());
    }

    @Test
    void aReceiveStoppedBeforeItWasSubmittedStillEndsOnce() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.stream();
        stream.port().startReceive();
        stream.port().stopReceive();
        rig.driver.poll(0);
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED"), stream.log());
    }
}
