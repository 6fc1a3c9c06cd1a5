// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.testkit.script.ScriptedStream;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends in place: two completions, and when an ordinary send is better after all. */
class ZeroCopyTest {
    private static final int LARGE = 1000;
    private static final int COPIED = RequestFlag.RESULT_ZERO_COPY_COPIED;

    private final FakeRig rig = rig(KernelRecords.linux6_18());
    private final ScriptedStream stream = rig.stream();
    private boolean isOn;

    ZeroCopyTest() throws IoException {}

    private static FakeRig rig(Features features) throws IoException {
        RingSizes sizes = new RingSizes(16, 64);
        return new FakeRig(features, new UringOptions(sizes, 16, 64, 0));
    }

    @Test
    void onlyLargeSendsStayInPlace() throws IoException {
        send(LARGE - 1);
        assertEquals(Opcode.SEND, rig.latest(Kind.SEND).opcode());
        send(LARGE);
        assertEquals(Opcode.SENDMSG_ZC, rig.latest(Kind.SEND).opcode());
        assertEquals(RequestFlag.PRIORITY_REPORT_ZERO_COPY, rig.latest(Kind.SEND).priority());
    }

    @Test
    void aSendInPlaceIsOverWhenItsMemoryIsFree() throws IoException {
        send(LARGE);
        rig.complete(Kind.SEND, 700, CompletionFlag.MORE);
        rig.driver.poll(0);
        assertEquals(List.of(), stream.log());
        rig.complete(Kind.SEND, 0, CompletionFlag.NOTIFICATION);
        rig.driver.poll(0);
        assertEquals(List.of("sent 700"), stream.log());
        send(LARGE);
        assertEquals(Opcode.SENDMSG_ZC, rig.latest(Kind.SEND).opcode());
    }

    @Test
    void aConnectionOnWhichTheKernelCopiesSendsOrdinarilyFromThenOn() throws IoException {
        send(LARGE);
        rig.complete(Kind.SEND, LARGE, CompletionFlag.MORE);
        rig.complete(Kind.SEND, COPIED, CompletionFlag.NOTIFICATION);
        rig.driver.poll(0);
        assertEquals(List.of("sent " + LARGE), stream.log());
        send(LARGE);
        assertEquals(Opcode.SEND, rig.latest(Kind.SEND).opcode());
        assertEquals(0, stream.port().getOption(PortOption.ZERO_COPY_BYTES));
    }

    @ParameterizedTest
    @ValueSource(ints = {Code.INVALID_ARGUMENT, Code.NOT_SUPPORTED, Code.NO_MEMORY})
    void whatIsRefusedInPlaceIsSentOrdinarily(int refusal) throws IoException {
        send(LARGE);
        rig.complete(Kind.SEND, refusal, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(Opcode.SEND, rig.latest(Kind.SEND).opcode());
        assertEquals(2, rig.submitted(Kind.SEND).size());
        assertEquals(List.of("sent " + LARGE), stream.log());
    }

    @Test
    void aBrokenPipeWithANotificationBehindItIsReportedOnce() throws IoException {
        send(LARGE);
        rig.complete(Kind.SEND, Code.BROKEN_PIPE, CompletionFlag.MORE);
        rig.complete(Kind.SEND, 0, CompletionFlag.NOTIFICATION);
        rig.driver.poll(0);
        assertEquals(List.of("sent EPIPE"), stream.log());
    }

    @Test
    void aCloseWaitsForTheMemory() throws IoException {
        send(LARGE);
        rig.complete(Kind.SEND, LARGE, CompletionFlag.MORE);
        rig.driver.poll(0);
        stream.port().close();
        rig.driver.poll(0);
        rig.completeClose();
        rig.driver.poll(0);
        assertEquals(List.of(), stream.log());
        rig.complete(Kind.SEND, 0, CompletionFlag.NOTIFICATION);
        rig.driver.poll(0);
        assertEquals(List.of("sent " + LARGE, "closed"), stream.log());
    }

    @Test
    void aKernelWithoutTheOperationIsNotAskedForIt() throws IoException {
        Features base = KernelRecords.linux6_1();
        BitSet opcodes = base.opcodes();
        opcodes.clear(Opcode.SENDMSG_ZC);
        FakeRig old = rig(new Features(base.setupFlags(), base.featureFlags(), opcodes, false));
        ScriptedStream oldStream = old.stream().offers(new byte[LARGE]);
        int set = oldStream.port().setOption(PortOption.ZERO_COPY_BYTES, LARGE);
        assertEquals(Code.NOT_SUPPORTED, set);
        assertEquals(Code.NOT_SUPPORTED, oldStream.port().getOption(PortOption.ZERO_COPY_BYTES));
        String why = old.driver.whyUnsupported(PortOption.ZERO_COPY_BYTES);
        assertTrue(why != null && why.contains("6.1"), why);
        oldStream.send();
        old.driver.poll(0);
        assertEquals(Opcode.SEND, old.latest(Kind.SEND).opcode());
        assertEquals(List.of("sent " + LARGE), oldStream.log());
    }

    private void send(int bytes) throws IoException {
        if (!isOn) {
            isOn = true;
            assertEquals(Code.OK, stream.port().setOption(PortOption.ZERO_COPY_BYTES, LARGE));
            assertEquals(LARGE, stream.port().getOption(PortOption.ZERO_COPY_BYTES));
        }
        stream.offers(new byte[bytes]).send();
        rig.driver.poll(0);
    }
}
