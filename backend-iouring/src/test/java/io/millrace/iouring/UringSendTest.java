// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.posix.Platform;
import io.millrace.spi.Code;
import io.millrace.testkit.script.ScriptedStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sending, and the submission queue that it fills. */
class UringSendTest {
    private static final int DONT_WAIT = Platform.current().constants().msgDontwait;

    @Test
    void aSendIsQuietAndOverWhenTheKernelSaysNothing() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.stream().offers(new byte[300]);
        assertEquals(Code.PENDING, stream.send());
        assertEquals(1, rig.driver.poll(0));
        FakeSubmission send = rig.latest(Kind.SEND);
        assertEquals(Opcode.SEND, send.opcode());
        assertEquals(300, send.length());
        assertEquals(EntryFlag.SKIP_SUCCESS, send.entryFlags());
        assertTrue((send.operationFlags() & DONT_WAIT) != 0);
        assertTrue((send.operationFlags() & Platform.current().constants().msgNosignal) != 0);
        assertEquals(List.of("sent 300"), stream.log());
    }

    @Test
    void aLoopDoesNotWaitWhileSomebodyWaitsForAQuietSend() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.kernel.entries.clear();
        ScriptedStream stream = rig.stream().offers(new byte[300]);
        stream.send();
        rig.driver.poll(-1);
        assertEquals(0, rig.kernel.entries.get(0).completions());
        assertEquals(List.of("sent 300"), stream.log());
    }

    @Test
    void anAnswerAmongTheCompletionsFindsTheQuietSendEnded() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving().offers(new byte[300]);
        rig.kernel.whenSubmitted = submission -> rig.receive("answer", CompletionFlag.MORE);
        stream.send();
        rig.driver.poll(0);
        assertEquals(List.of("sent 300", "received 6"), stream.log());
    }

    @Test
    void aQuietSendThatFailsBehindAnAnswerIsNotTakenForEnded() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving().offers(new byte[300]);
        rig.kernel.whenSubmitted =
                submission -> {
                    rig.receive("answer", CompletionFlag.MORE);
                    rig.kernel.complete(submission.userData(), Code.BROKEN_PIPE, 0);
                };
        stream.send();
        rig.driver.poll(0);
        assertEquals(List.of("received 6", "sent EPIPE"), stream.log());
    }

    @Test
    void aSendThatFindsTheSocketFullIsMadeAgainAndWaits() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.sending(300);
        assertEquals(2, rig.submitted(Kind.SEND).size());
        assertEquals(300, rig.latest(Kind.SEND).length());
        assertEquals(0, rig.latest(Kind.SEND).entryFlags());
        assertEquals(0, rig.latest(Kind.SEND).operationFlags() & DONT_WAIT);
        assertEquals(List.of(), stream.log());
    }

    /** tcp(7), TCP_FASTOPEN_CONNECT: where the cookie has become useless, the SYN goes alone. */
    @Test
    void aFirstSendWhoseBytesDoNotGoWithTheSynIsMadeAgainAndWaits() throws IoException {
        FakeRig rig = new FakeRig();
        rig.kernel.whenSubmitted =
                submission -> {
                    if (rig.submitted(Kind.SEND).size() == 1) {
                        rig.kernel.complete(submission.userData(), Code.IN_PROGRESS, 0);
                    }
                };
        ScriptedStream stream = rig.stream().offers(new byte[300]);
        stream.send();
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.SEND).size());
        assertEquals(0, rig.latest(Kind.SEND).operationFlags() & DONT_WAIT);
        assertEquals(List.of(), stream.log());
    }

    @Test
    void aShortQuietSendTellsHowMuchAndTheNextWaits() throws IoException {
        FakeRig rig = new FakeRig();
        rig.kernel.whenSubmitted =
                submission -> {
                    if (submission.kind() == Kind.SEND && submission.length() == 300) {
                        rig.kernel.complete(submission.userData(), 100, 0);
                    }
                };
        ScriptedStream stream = rig.stream().offers(new byte[300]);
        stream.send();
        rig.driver.poll(0);
        assertEquals(List.of("sent 100"), stream.log());
        stream.send();
        rig.driver.poll(0);
        assertEquals(200, rig.latest(Kind.SEND).length());
        assertEquals(0, rig.latest(Kind.SEND).entryFlags());
        rig.complete(Kind.SEND, 200, 0);
        rig.driver.poll(0);
        stream.offers(new byte[10]).send();
        rig.driver.poll(0);
        assertEquals(EntryFlag.SKIP_SUCCESS, rig.latest(Kind.SEND).entryFlags());
    }

    @Test
    void aVeryLargeSendIsNotQuiet() throws IoException {
        FakeRig rig = new FakeRig();
        rig.stream().offers(new byte[Sender.QUIET_BYTES + 1]).send();
        rig.driver.poll(0);
        assertEquals(0, rig.latest(Kind.SEND).entryFlags());
    }

    @Test
    void aQuietSendIsNotSettledBeforeTheKernelTookIt() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.kernel.takesAtMost = 0;
        ScriptedStream stream = rig.stream().offers(new byte[300]);
        stream.send();
        rig.driver.poll(0);
        assertEquals(List.of(), stream.log());
        rig.kernel.takesAtMost = Integer.MAX_VALUE;
        rig.driver.poll(0);
        assertEquals(List.of("sent 300"), stream.log());
    }

    @Test
    void aQuietSendIsNotSettledWhileTheKernelHoldsBackCompletions() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream receiver = rig.receiving();
        for (int i = 0; i < 64; i++) {
            rig.complete(Kind.WAKE, 1, CompletionFlag.MORE);
        }
        rig.fillSockets();
        ScriptedStream sender = rig.stream().offers(new byte[300]);
        sender.send();
        rig.driver.poll(0);
        assertEquals(List.of(), sender.log());
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.SEND).size());
        assertEquals(List.of(), sender.log());
        assertEquals(List.of(), receiver.log());
    }

    @Test
    void aShortSendTellsHowMuch() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.sending(300);
        rig.complete(Kind.SEND, 100, 0);
        rig.driver.poll(0);
        assertEquals(List.of("sent 100"), stream.log());
        stream.send();
        rig.driver.poll(0);
        assertEquals(200, rig.latest(Kind.SEND).length());
    }

    @Test
    void aSendCancelledByCloseMayReportBytes() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.sending(300);
        stream.port().close();
        rig.driver.poll(0);
        rig.complete(Kind.SEND, 142, 0);
        rig.completeClose();
        rig.driver.poll(0);
        assertEquals(List.of("sent 142", "closed"), stream.log());
        rig.close();
    }

    @Test
    void interruptedSendsAreMadeAgainWithTheSameBytes() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.sending(300);
        rig.complete(Kind.SEND, Code.INTERRUPTED, 0);
        rig.driver.poll(0);
        rig.kernel.whenSubmitted = submission -> {};
        rig.driver.poll(0);
        assertEquals(3, rig.submitted(Kind.SEND).size());
        assertEquals(
                1,
                rig.submitted(Kind.SEND).stream().map(FakeSubmission::address).distinct().count());
        assertEquals(List.of("sent 300"), stream.log());
    }

    @Test
    void aBrokenPipeIsReported() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.sending(1);
        rig.complete(Kind.SEND, Code.BROKEN_PIPE, 0);
        rig.driver.poll(0);
        assertEquals(List.of("sent EPIPE"), stream.log());
    }

    @Test
    void aFullSubmissionQueueInsideADrainIsEmptiedInTheSameTurn() throws IoException {
        FakeRig rig = new FakeRig(KernelRecords.linux6_1(), new RingSizes(16, 128), 128);
        receivingStreams(rig, 100);
        for (FakeSubmission receive : rig.submitted(Kind.RECEIVE)) {
            rig.kernel.complete(receive.userData(), 0, 0);
        }
        rig.fillSockets();
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(
                100,
                rig.submitted(Kind.SEND).stream().map(FakeSubmission::userData).distinct().count());
        assertEquals(100, rig.submitted(Kind.SEND).size());
    }

    /** Streams that send something when their receive ends. */
    private static void receivingStreams(FakeRig rig, int count) throws IoException {
        for (int i = 0; i < count; i++) {
            ScriptedStream stream = rig.stream().offers(new byte[4]);
            stream.reaction(
                    line -> {
                        if (line.equals("stopped 0")) {
                            stream.send();
                        }
                    });
            stream.port().startReceive();
        }
        rig.driver.poll(0);
        assertEquals(count, rig.submitted(Kind.RECEIVE).size());
    }

    @Test
    void whatTheKernelDoesNotTakeNowGoesWithTheNextTurn() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.kernel.takesAtMost = 0;
        List<ScriptedStream> streams = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            streams.add(rig.stream().offers(new byte[1]));
            streams.get(i).send();
        }
        rig.driver.poll(-1);
        assertEquals(0, rig.submitted(Kind.SEND).size());
        rig.kernel.takesAtMost = Integer.MAX_VALUE;
        rig.driver.poll(0);
        assertEquals(40, rig.submitted(Kind.SEND).size());
    }

    @Test
    void aKernelWithoutMemoryIsGivenTimeAndNothingIsLost() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        ScriptedStream stream = rig.stream().offers(new byte[1]);
        stream.send();
        rig.kernel.nextEntries.add(Code.WOULD_BLOCK);
        assertEquals(0, rig.driver.poll(-1));
        assertEquals(List.of(Ring.BUSY_PAUSE_NANOS), rig.kernel.pauses);
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.SEND).size());
    }
}
