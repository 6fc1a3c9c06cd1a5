// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
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
