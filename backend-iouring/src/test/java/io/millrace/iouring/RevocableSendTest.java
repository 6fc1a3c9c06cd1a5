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

/** Sends of memory that its owner can have back: with the next entry, and never longer. */
class RevocableSendTest {
    private static final int DONT_WAIT = Platform.current().constants().msgDontwait;

    private final FakeRig rig;

    RevocableSendTest() throws IoException {
        rig = new FakeRig();
    }

    private ScriptedStream sending(int bytes) throws IoException {
        ScriptedStream stream = rig.stream().offers(new byte[bytes]);
        assertEquals(Code.PENDING, stream.port().sendRevocable());
        return stream;
    }

    @Test
    void itGoesQuietlyWithTheNextEntry() throws IoException {
        ScriptedStream one = sending(300);
        ScriptedStream other = sending(200);
        assertEquals(List.of(), rig.submitted(Kind.SEND));
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.SEND).size());
        assertEquals(EntryFlag.SKIP_SUCCESS, rig.latest(Kind.SEND).entryFlags());
        assertTrue((rig.latest(Kind.SEND).operationFlags() & DONT_WAIT) != 0);
        assertEquals(List.of("sent 300"), one.log());
        assertEquals(List.of("sent 200"), other.log());
    }

    @Test
    void whereThereIsNoRoomTheKernelIsLeftWithoutTheMemory() throws IoException {
        rig.fillSockets();
        ScriptedStream stream = sending(300);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.SEND).size());
        assertEquals(Opcode.POLL_ADD, rig.latest(Kind.SEND_FILE).opcode());
        assertEquals(Code.PENDING, stream.port().revokeSend());
        rig.sockets.answers.put("send", 120);
        rig.complete(Kind.SEND_FILE, 4, 0);
        rig.driver.poll(0);
        assertEquals(List.of("sent 120"), stream.log());
    }

    @Test
    void oneThatWasShortIsFollowedByOneThatTakesWhatRoomThereIs() throws IoException {
        rig.kernel.whenSubmitted =
                submission -> {
                    if (submission.kind() == Kind.SEND) {
                        rig.kernel.complete(submission.userData(), 100, 0);
                    }
                };
        ScriptedStream stream = sending(300);
        rig.driver.poll(0);
        stream.port().sendRevocable();
        rig.driver.poll(0);
        assertEquals(List.of("sent 100", "sent 100"), stream.log());
        assertEquals(0, rig.latest(Kind.SEND).entryFlags());
        assertTrue((rig.latest(Kind.SEND).operationFlags() & DONT_WAIT) != 0);
    }

    @Test
    void aVeryLargeOneTakesWhatRoomThereIs() throws IoException {
        sending(Sender.QUIET_BYTES + 1);
        rig.driver.poll(0);
        assertEquals(0, rig.latest(Kind.SEND).entryFlags());
        assertTrue((rig.latest(Kind.SEND).operationFlags() & DONT_WAIT) != 0);
    }

    @Test
    void anOrdinarySendBehindItMayWaitInTheKernel() throws IoException {
        rig.fillSockets();
        ScriptedStream stream = sending(300);
        rig.driver.poll(0);
        rig.sockets.answers.put("send", 300);
        rig.driver.poll(0);
        rig.complete(Kind.SEND_FILE, 4, 0);
        rig.driver.poll(0);
        stream.offers(new byte[200]).send();
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(200, rig.latest(Kind.SEND).length());
        assertEquals(0, rig.latest(Kind.SEND).operationFlags() & DONT_WAIT);
    }

    @Test
    void revokedBeforeTheEntryItIsSentByACall() throws IoException {
        ScriptedStream stream = sending(300);
        rig.sockets.answers.put("send", 250);
        assertEquals(250, stream.port().revokeSend());
        rig.driver.poll(0);
        assertEquals(List.of(), rig.submitted(Kind.SEND));
        assertEquals(List.of(), stream.log());
        stream.port().sendRevocable();
        rig.driver.poll(0);
        assertEquals(List.of("sent 300"), stream.log());
    }

    @Test
    void revokedBeforeTheEntryItWaitsIfThereIsNoRoom() throws IoException {
        ScriptedStream stream = sending(300);
        rig.sockets.answers.put("send", Code.WOULD_BLOCK);
        assertEquals(Code.PENDING, stream.port().revokeSend());
        rig.driver.poll(0);
        assertEquals(List.of(), rig.submitted(Kind.SEND));
        rig.sockets.answers.put("send", Code.BROKEN_PIPE);
        rig.complete(Kind.SEND_FILE, 4, 0);
        rig.driver.poll(0);
        assertEquals(List.of("sent EPIPE"), stream.log());
    }

    /** Whose neighbour hears first that it has sent. */
    @Test
    void revokedBeforeItHasHeardItHasSentAll() throws IoException {
        ScriptedStream neighbour = sending(100);
        ScriptedStream stream = sending(300);
        List<Integer> revoked = new ArrayList<>();
        neighbour.reaction(line -> revoked.add(stream.port().revokeSend()));
        rig.driver.poll(0);
        assertEquals(List.of(300), revoked);
        assertEquals(List.of(), stream.log());
        stream.port().close();
        neighbour.reaction(line -> {});
        neighbour.port().close();
        rig.driver.poll(0);
        rig.submitted(Kind.CLOSE).forEach(each -> rig.kernel.complete(each.userData(), 0, 0));
        rig.driver.poll(0);
        assertEquals(List.of("closed"), stream.log());
        rig.close();
    }

    @Test
    void revokedBeforeItHasHeardThatThereWasNoRoomItWaits() throws IoException {
        ScriptedStream neighbour = sending(100);
        ScriptedStream stream = sending(300);
        rig.kernel.whenSubmitted =
                submission -> {
                    if (submission.kind() == Kind.SEND && submission.length() == 300) {
                        rig.kernel.complete(submission.userData(), Code.WOULD_BLOCK, 0);
                    }
                };
        List<Integer> revoked = new ArrayList<>();
        neighbour.reaction(line -> revoked.add(stream.port().revokeSend()));
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(Code.PENDING), revoked);
        assertEquals(List.of(), stream.log());
        assertEquals(Opcode.POLL_ADD, rig.latest(Kind.SEND_FILE).opcode());
    }

    /** Its answer has come, and was not its turn yet: it must not be thought of as waiting. */
    @Test
    void revokedBeforeItHasHeardThatItWasShortItHasSentThat() throws IoException {
        ScriptedStream neighbour = sending(100);
        ScriptedStream stream = sending(300);
        answersLonger(120);
        List<Integer> revoked = revokesWithTheNextOf(neighbour, stream);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(120), revoked);
        assertEquals(List.of(), stream.log());
        stream.port().sendRevocable();
        rig.kernel.whenSubmitted = submission -> {};
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(0, rig.latest(Kind.SEND).entryFlags());
        rig.complete(Kind.SEND, 300, 0);
        rig.driver.poll(0);
        assertEquals(List.of("sent 300"), stream.log());
    }

    @Test
    void revokedBeforeItHasHeardThatItFailedItHasFailed() throws IoException {
        ScriptedStream neighbour = sending(100);
        ScriptedStream stream = sending(300);
        answersLonger(Code.BROKEN_PIPE);
        List<Integer> revoked = revokesWithTheNextOf(neighbour, stream);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(Code.BROKEN_PIPE), revoked);
        assertEquals(List.of(), stream.log());
    }

    /**
     * A completion that finds the queue full stays in the kernel until that is entered: so there
     * may be an answer although none is to be seen.
     */
    @Test
    void revokedWhileAFullQueueHidesThatItWasShortItHasSentThat() throws IoException {
        ScriptedStream other = rig.receiving();
        ScriptedStream stream = sending(300);
        answersLonger(120);
        List<Integer> revoked = revokesWithTheNextOf(other, stream);
        rig.receive("hello", CompletionFlag.MORE);
        overflow();
        rig.driver.poll(0);
        assertEquals(List.of(120), revoked);
        rig.receive("again", 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(), stream.log());
        assertEquals(List.of("received 5", "received 5"), other.log());
        assertEquals(0, rig.kernel.unread());
    }

    @Test
    void revokedWhileAFullQueueHidesThatThereWasNoRoomItWaits() throws IoException {
        ScriptedStream other = rig.receiving();
        ScriptedStream stream = sending(300);
        answersLonger(Code.WOULD_BLOCK);
        List<Integer> revoked = revokesWithTheNextOf(other, stream);
        rig.receive("hello", CompletionFlag.MORE);
        overflow();
        overflow();
        rig.driver.poll(0);
        assertEquals(List.of(Code.PENDING), revoked);
        stream.port().dropSend();
        stream.offers(new byte[0]);
        rig.driver.poll(0);
        rig.submitted(Kind.SEND_FILE).forEach(each -> rig.kernel.complete(each.userData(), 0, 0));
        for (int i = 0; i < 4; i++) {
            rig.driver.poll(0);
        }
        assertEquals(List.of("sent ECANCELED"), stream.log());
        assertEquals(List.of("received 5"), other.log());
    }

    /** It says nothing when it succeeds, and so nothing comes of it however long one looks. */
    @Test
    void revokedWhileAFullQueueHidesNothingOfItItHasSentAll() throws IoException {
        ScriptedStream other = rig.receiving();
        ScriptedStream stream = sending(300);
        List<Integer> revoked = revokesWithTheNextOf(other, stream);
        rig.receive("hello", CompletionFlag.MORE);
        overflow();
        rig.driver.poll(0);
        assertEquals(List.of(300), revoked);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(), stream.log());
    }

    /** The kernel carries out what it takes with that, and has no room for those answers either. */
    @Test
    void whatIsSetAsideMeanwhileIsHeardInItsOrder() throws IoException {
        ScriptedStream first = rig.receiving();
        ScriptedStream second = rig.stream();
        second.port().startReceive();
        ScriptedStream stream = sending(300);
        answersLonger(120);
        List<String> order = new ArrayList<>();
        first.reaction(
                line -> {
                    order.add("first " + line);
                    if (order.size() == 1) {
                        order.add("revoked " + stream.port().revokeSend());
                    }
                });
        second.reaction(line -> order.add("second " + line));
        long firstReceive = rig.submitted(Kind.RECEIVE).get(0).userData();
        rig.kernel.complete(
                firstReceive, 3, rig.kernel.buffers().fill("abc") | CompletionFlag.MORE);
        overflow();
        rig.kernel.complete(
                firstReceive, 4, rig.kernel.buffers().fill("defg") | CompletionFlag.MORE);
        rig.kernel.complete(firstReceive, Code.RESET, 0);
        for (int i = 0; i < 4; i++) {
            rig.driver.poll(0);
        }
        rig.receive("second", 0);
        rig.driver.poll(0);
        assertEquals(
                List.of(
                        "first received 3",
                        "revoked 120",
                        "first received 4",
                        "first stopped ECONNRESET",
                        "second received 6"),
                order);
    }

    /** From now on sends of 300 bytes are answered so. */
    private void answersLonger(int answer) {
        rig.kernel.whenSubmitted =
                submission -> {
                    if (submission.kind() == Kind.SEND && submission.length() == 300) {
                        rig.kernel.complete(submission.userData(), answer, 0);
                    }
                };
    }

    private static List<Integer> revokesWithTheNextOf(ScriptedStream other, ScriptedStream stream) {
        List<Integer> revoked = new ArrayList<>();
        other.reaction(
                line -> {
                    if (revoked.isEmpty()) {
                        revoked.add(stream.port().revokeSend());
                    }
                });
        return revoked;
    }

    /** More completions than the queue has room for. */
    private void overflow() {
        for (int i = 0; i < 70; i++) {
            rig.complete(Kind.WAKE, 1, CompletionFlag.MORE);
        }
    }

    @Test
    void revokedWhileTheKernelHadNotTakenItItIsTakenFirst() throws IoException {
        rig.driver.poll(0);
        rig.kernel.takesAtMost = 0;
        ScriptedStream stream = sending(300);
        rig.driver.poll(0);
        rig.kernel.takesAtMost = Integer.MAX_VALUE;
        assertEquals(300, stream.port().revokeSend());
        assertEquals(1, rig.submitted(Kind.SEND).size());
        rig.driver.poll(0);
        assertEquals(List.of(), stream.log());
    }

    /** Whatever the kernel takes later must not be memory that is somebody else's by then. */
    @Test
    void revokedWhileTheKernelTakesNothingItBecomesARequestForNothing() throws IoException {
        rig.driver.poll(0);
        rig.kernel.takesAtMost = 0;
        ScriptedStream stream = sending(300);
        rig.driver.poll(0);
        assertEquals(Code.PENDING, stream.port().revokeSend());
        rig.kernel.takesAtMost = Integer.MAX_VALUE;
        rig.kernel.whenSubmitted =
                submission -> {
                    if (submission.opcode() == Opcode.NOP) {
                        rig.kernel.complete(submission.userData(), 0, 0);
                    }
                };
        rig.driver.poll(0);
        FakeSubmission idle = rig.latest(Kind.SEND);
        assertEquals(Opcode.NOP, idle.opcode());
        assertEquals(0, idle.entryFlags());
        assertEquals(0, idle.length());
        rig.driver.poll(0);
        assertEquals(List.of(), stream.log());
        assertEquals(Opcode.POLL_ADD, rig.latest(Kind.SEND_FILE).opcode());
    }

    /** And that is what a drop finds, whose terminal comes with it, here after a release. */
    @Test
    void droppedWhileTheKernelTakesNothingItEndsWithThat() throws IoException {
        rig.driver.poll(0);
        rig.kernel.takesAtMost = 0;
        ScriptedStream stays = sending(300);
        ScriptedStream leaves = sending(200);
        rig.driver.poll(0);
        assertEquals(Code.PENDING, stays.port().revokeSend());
        assertEquals(Code.PENDING, leaves.port().revokeSend());
        stays.port().dropSend();
        leaves.port().dropSend();
        leaves.port().release();
        rig.kernel.takesAtMost = Integer.MAX_VALUE;
        rig.kernel.whenSubmitted =
                submission -> {
                    if (submission.opcode() == Opcode.NOP) {
                        rig.kernel.complete(submission.userData(), 0, 0);
                    }
                };
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("sent ECANCELED"), stays.log());
        assertEquals(List.of("sent ECANCELED", "closed"), leaves.log());
        assertEquals(List.of(), rig.submitted(Kind.SEND_FILE));
    }

    /** Room comes together with the drop: what was to be cancelled is not the send that follows. */
    @Test
    void aDropThatComesTooLateEndsNothingElse() throws IoException {
        ScriptedStream other = rig.receiving();
        ScriptedStream stream = rig.stream().offers(new byte[300]);
        rig.sockets.answers.put("send", Code.WOULD_BLOCK);
        assertEquals(Code.PENDING, stream.port().sendPassing());
        rig.driver.poll(0);
        rig.receive("hello", CompletionFlag.MORE);
        rig.complete(Kind.SEND_FILE, 4, 0);
        other.reaction(line -> stream.port().dropSend());
        stream.reaction(line -> stream.port().sendPassing());
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("sent ECANCELED"), stream.log());
        assertEquals(2, rig.submitted(Kind.SEND_FILE).size());
        assertEquals(List.of(), rig.submitted(Kind.CANCEL));
    }

    /** What the kernel says of a send is not what a program is to hear of one that it cancels. */
    @Test
    void aCloseBehindOneThatFoundNoRoomCancelsIt() throws IoException {
        ScriptedStream neighbour = sending(100);
        ScriptedStream stream = sending(300);
        answersLonger(Code.WOULD_BLOCK);
        neighbour.reaction(line -> stream.port().close());
        rig.driver.poll(0);
        assertEquals(List.of("sent ECANCELED"), stream.log());
    }

    /** A thread of the kernel's takes submissions at any time: memory is not left with it. */
    @Test
    void besideAThreadOfTheKernelsItIsSentByACall() throws IoException {
        FakeRig beside =
                new FakeRig(
                        KernelRecords.linux6_18().withKernelThread(), new RingSizes(16, 64), 64);
        ScriptedStream stream = beside.stream().offers(new byte[300]);
        beside.sockets.answers.put("send", 300);
        assertEquals(300, stream.port().sendRevocable());
    }
}
