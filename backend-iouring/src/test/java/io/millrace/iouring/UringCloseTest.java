// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.spi.Code;
import io.millrace.spi.StreamPort;
import io.millrace.testkit.script.ScriptedStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closing in every state: what the kernel is asked for, and what is reported in which order. */
class UringCloseTest {
    private final FakeRig rig = new FakeRig();

    UringCloseTest() throws IoException {}

    @Test
    void nothingInFlightNeedsNoCancel() throws IoException {
        ScriptedStream stream = rig.stream();
        stream.port().close();
        stream.port().close();
        rig.driver.poll(0);
        assertEquals(0, rig.submitted(Kind.CANCEL).size());
        assertEquals(1, rig.submitted(Kind.CLOSE).size());
        assertEquals(List.of(), stream.log());
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("closed"), stream.log());
        rig.close();
    }

    @Test
    void whatIsInFlightIsCancelledByAHardLinkedRequest() throws IoException {
        ScriptedStream stream = rig.receiving();
        int descriptor = stream.port().descriptor();
        stream.port().close();
        rig.driver.poll(0);
        FakeSubmission cancel = rig.latest(Kind.CANCEL);
        assertEquals(EntryFlag.HARD_LINK, cancel.entryFlags());
        assertEquals(descriptor, cancel.descriptor());
        assertEquals(
                RequestFlag.CANCEL_ALL | RequestFlag.CANCEL_BY_DESCRIPTOR, cancel.operationFlags());
        int next = rig.kernel.submissions.indexOf(cancel) + 1;
        assertEquals(Opcode.CLOSE, rig.kernel.submissions.get(next).opcode());
    }

    @Test
    void closedIsReportedAfterTheLastCompletionWhicheverThatIs() throws IoException {
        ScriptedStream first = rig.receiving();
        first.port().close();
        rig.driver.poll(0);
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of(), first.log());
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED", "closed"), first.log());

        ScriptedStream second = rig.receiving();
        second.port().close();
        rig.driver.poll(0);
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED"), second.log());
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED", "closed"), second.log());
        rig.close();
    }

    @Test
    void bytesThatComeAfterCloseAreDroppedAndTheirBufferReturns() throws IoException {
        ScriptedStream stream = rig.receiving();
        int offered = rig.kernel.buffers().offered();
        stream.port().close();
        rig.receive("too late", CompletionFlag.MORE);
        rig.driver.poll(0);
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.completeClose();
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECANCELED", "closed"), stream.log());
        assertEquals(offered, rig.kernel.buffers().offered());
        rig.close();
    }

    @Test
    void aReceiveThatEndedByItselfWhileClosingKeepsItsReason() throws IoException {
        ScriptedStream stream = rig.receiving();
        stream.port().close();
        rig.complete(Kind.RECEIVE, Code.RESET, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECONNRESET", "closed"), stream.log());
        rig.close();
    }

    @Test
    void whatWasNeverSubmittedIsCancelledWithoutTheKernel() throws IoException {
        ScriptedStream stream = rig.stream().offers(new byte[10]);
        StreamPort port = stream.port();
        port.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
        port.receiveInto(ByteBuffer.allocateDirect(10));
        stream.send();
        port.close();
        rig.driver.poll(0);
        assertEquals(
                List.of(Kind.WAKE, Kind.CLOSE),
                rig.kernel.submissions.stream().map(FakeSubmission::kind).toList());
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(
                List.of(
                        "connected ECANCELED",
                        "received into ECANCELED",
                        "sent ECANCELED",
                        "closed"),
                stream.log());
        rig.close();
    }

    @Test
    void everyKindInFlightEndsOnceBeforeClosed() throws IoException {
        ScriptedStream stream = rig.sending(10);
        stream.port().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
        stream.port().receiveInto(ByteBuffer.allocateDirect(10));
        rig.driver.poll(0);
        stream.port().close();
        rig.driver.poll(0);
        for (int kind : new int[] {Kind.SEND, Kind.RECEIVE_INTO, Kind.CONNECT}) {
            rig.complete(kind, Code.CANCELLED, 0);
        }
        rig.completeClose();
        rig.driver.poll(0);
        assertEquals(
                List.of(
                        "sent ECANCELED",
                        "received into ECANCELED",
                        "connected ECANCELED",
                        "closed"),
                stream.log());
        rig.close();
    }

    @Test
    void closingFromInsideASinkIsAsGoodAsFromOutside() throws IoException {
        ScriptedStream stream = rig.receiving();
        stream.reaction(
                line -> {
                    if (line.startsWith("received")) {
                        stream.port().close();
                    }
                });
        rig.receive("close me", 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        assertEquals(List.of("received 8", "stopped ECANCELED", "closed"), stream.log());
        assertEquals(1, rig.submitted(Kind.RECEIVE).size());
        rig.close();
    }

    @Test
    void aSlotThatIsUsedAgainHasAnotherGeneration() throws IoException {
        ScriptedStream stream = rig.receiving();
        long old = rig.latest(Kind.RECEIVE).userData();
        rig.complete(Kind.RECEIVE, 0, 0);
        stream.port().close();
        rig.driver.poll(0);
        rig.complete(Kind.CLOSE, Code.OK, 0);
        rig.driver.poll(0);
        rig.receiving();
        long fresh = rig.latest(Kind.RECEIVE).userData();
        assertEquals(UserData.slot(old), UserData.slot(fresh));
        assertEquals(UserData.generation(old) + 1, UserData.generation(fresh));
        List<Throwable> failures = rig.context.expectFailures();
        rig.kernel.complete(old, 5, 0);
        rig.driver.poll(0);
        assertEquals(1, failures.size());
    }
}
