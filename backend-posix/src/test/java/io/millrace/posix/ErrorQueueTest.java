// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramFault;
import io.millrace.spi.reactor.RawStream;
import io.millrace.testkit.kernel.Interposer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What Linux may keep in an error queue, on a kernel that plays it. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the layout is Linux's")
class ErrorQueueTest {
    private static final int ECONNREFUSED = 111;
    private static final int EMSGSIZE = 90;
    private static final int EHOSTUNREACH = 113;
    private static final int LOCAL = 1;
    private static final int ICMP = 2;
    private static final int ZEROCOPY = 5;
    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int HEADER_BYTES = 56;

    private final Interposer<SystemCalls> kernel =
            Interposer.over(SystemCalls.class, LibcSystemCalls.instance());
    private final ErrorQueue queue = new ErrorQueue(kernel.calls(), Platform.current());

    /** The next call answers a report about what was sent to 10.0.0.x:port. */
    private void report(int errno, int origin, int host, int port, int reporterFamily) {
        kernel.intercept(
                "recvmsg",
                (real, arguments) -> {
                    assertEquals(MSG_ERRQUEUE | MSG_DONTWAIT, arguments[2]);
                    NativeMemory header = NativeMemory.at((long) arguments[1], HEADER_BYTES);
                    NativeMemory name = NativeMemory.at(header.getLong(0), 16);
                    putInet(name, 0, host, port, 2);
                    header.putInt(8, 16);
                    NativeMemory control = NativeMemory.at(header.getLong(32), 48);
                    control.putLong(0, 48);
                    control.putInt(8, 0);
                    control.putInt(12, 11);
                    control.putInt(16, errno);
                    control.putByte(20, (byte) origin);
                    putInet(control, 32, 99, 0, reporterFamily);
                    header.putLong(40, 48);
                    return 0;
                });
    }

    private static void putInet(NativeMemory memory, int at, int host, int port, int family) {
        memory.putShort(at, (short) family);
        memory.putByte(at + 2, (byte) (port >> 8));
        memory.putByte(at + 3, (byte) port);
        memory.putBytes(at + 4, new byte[] {10, 0, 0, (byte) host});
    }

    @Test
    void aReportHasItsAddressAndItsReporter() {
        report(EHOSTUNREACH, ICMP, 7, 700, 2);
        DatagramFault fault = queue.take(5);
        assertNotNull(fault);
        assertEquals(Code.HOST_UNREACHABLE, fault.code());
        assertEquals("/10.0.0.7:700", String.valueOf(fault.to()));
        assertEquals("/10.0.0.99", String.valueOf(fault.reporter()));
    }

    @Test
    void aReporterOfNoFamilyIsUnknown() {
        report(ECONNREFUSED, ICMP, 7, 700, 0);
        DatagramFault fault = queue.take(5);
        assertNotNull(fault);
        assertNull(fault.reporter());
    }

    /** Else a send that is too long would be taken for innocent, and made again for ever. */
    @Test
    void whatACallHasFailedWithIsPassedOver() {
        report(EMSGSIZE, LOCAL, 7, 700, 0);
        report(ECONNREFUSED, ICMP, 8, 800, 0);
        DatagramFault fault = queue.take(5);
        assertNotNull(fault);
        assertEquals("/10.0.0.8:800", String.valueOf(fault.to()));
        report(EMSGSIZE, LOCAL, 7, 700, 0);
        kernel.answer("recvmsg", Code.WOULD_BLOCK);
        assertNull(queue.take(5));
    }

    @Test
    void anInterruptedCallIsMadeAgain() {
        kernel.answer("recvmsg", Code.INTERRUPTED);
        report(ECONNREFUSED, ICMP, 7, 700, 2);
        assertNotNull(queue.take(5));
    }

    /** The next call answers a notice of the sends of these numbers. */
    private void notice(int first, int last, int code) {
        kernel.intercept(
                "recvmsg",
                (real, arguments) -> {
                    NativeMemory header = NativeMemory.at((long) arguments[1], HEADER_BYTES);
                    NativeMemory control = NativeMemory.at(header.getLong(32), 48);
                    control.putLong(0, 48);
                    control.putInt(8, 0);
                    control.putInt(12, 11);
                    control.putInt(16, 0);
                    control.putByte(20, (byte) ZEROCOPY);
                    control.putByte(21, (byte) 0);
                    control.putByte(22, (byte) code);
                    control.putInt(24, first);
                    control.putInt(28, last);
                    header.putLong(40, 48);
                    return 0;
                });
    }

    @Test
    void aNoticeIsOfOneSendOrOfSeveralAndSaysWhetherThereIsACopy() {
        notice(0, 0, 0);
        assertEquals(RawStream.SENT_IN_PLACE, queue.takeNotice(5, 0));
        notice(1, 3, 1);
        assertEquals(RawStream.SENT_A_COPY, queue.takeNotice(5, 2));
        notice(4, 4, 0);
        kernel.answer("recvmsg", Code.WOULD_BLOCK);
        assertEquals(RawStream.NO_NOTICE, queue.takeNotice(5, 5));
    }

    @Test
    void numbersOfSendsGoOnWithZero() {
        notice(-2, 1, 0);
        assertEquals(RawStream.SENT_IN_PLACE, queue.takeNotice(5, 0));
        notice(-2, 1, 0);
        assertEquals(RawStream.SENT_IN_PLACE, queue.takeNotice(5, -1));
        notice(Integer.MAX_VALUE, Integer.MIN_VALUE, 0);
        assertEquals(RawStream.SENT_IN_PLACE, queue.takeNotice(5, Integer.MIN_VALUE));
        notice(-2, -1, 0);
        kernel.answer("recvmsg", Code.WOULD_BLOCK);
        assertEquals(RawStream.NO_NOTICE, queue.takeNotice(5, 0));
    }

    @Test
    void aDescriptorThatIsNoneAnyMoreIsNotWaitedFor() {
        kernel.answer("recvmsg", Code.BAD_DESCRIPTOR);
        assertEquals(RawStream.SENT_IN_PLACE, queue.takeNotice(5, 0));
        kernel.answer("recvmsg", Code.NOT_A_SOCKET);
        assertEquals(RawStream.SENT_IN_PLACE, queue.takeNotice(5, 0));
    }

    @Test
    void whatElseIsThereIsPassedOver() {
        report(ECONNREFUSED, ICMP, 8, 800, 0);
        notice(6, 6, 0);
        kernel.answer("recvmsg", Code.INTERRUPTED);
        notice(7, 7, 0);
        assertEquals(RawStream.SENT_IN_PLACE, queue.takeNotice(5, 7));
        assertEquals(0, kernel.left("recvmsg"));
    }
}
