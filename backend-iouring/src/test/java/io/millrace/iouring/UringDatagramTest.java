// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.PoolChunk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Datagrams through a ring, on a kernel that the test plays. */
class UringDatagramTest {
    private static final int MORE = CompletionFlag.MORE;

    /** MSG_TRUNC of Linux. */
    private static final char TRUNCATED = 0x20;

    private final List<String> log = new ArrayList<>();

    /** Done for each datagram. */
    private Runnable whenHeard = () -> {};

    /** Writes down what it hears. */
    private final class Sink implements DatagramSink {
        @Override
        public void onDatagram(PoolChunk chunk, DatagramInfo info) {
            byte[] bytes = new byte[chunk.length()];
            chunk.copyTo(0, bytes, 0, bytes.length);
            log.add(
                    new String(bytes, StandardCharsets.US_ASCII)
                            + " from "
                            + info.sender.port()
                            + (info.truncated ? " cut" : ""));
            whenHeard.run();
        }

        @Override
        public void onBatchEnd() {
            log.add("batch");
        }

        @Override
        public void onReceiveStopped(int code) {
            log.add("stopped " + Code.name(code));
        }

        @Override
        public void gather(DatagramSends into) {
            throw new AssertionError("nothing is sent here");
        }

        @Override
        public void onSent(int result) {
            log.add("sent " + result);
        }

        @Override
        public void onClosed() {
            log.add("closed");
        }
    }

    private DatagramPort receiving(FakeRig rig) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        DatagramPort port =
                rig.driver.datagrams().bind(new DatagramSpec(any, false, false, false), new Sink());
        port.startReceive();
        rig.driver.poll(0);
        return port;
    }

    /** What the kernel puts before the bytes: how long what follows is, and an address. */
    private static String message(String text, char flags, int controlBytes) {
        StringBuilder message = new StringBuilder();
        message.append("\u0010\0\0\0").append("\0\0\0\0").append("\0\0\0\0");
        message.append(flags).append("\0\0\0");
        // AF_INET, port 0x0102, 127.0.0.1, in as much room as was asked for.
        message.append("\u0002\0\u0001\u0002\u007f\0\0\u0001").append("\0".repeat(24));
        return message.append("\0".repeat(controlBytes)).append(text).toString();
    }

    @Test
    void oneRequestBringsManyDatagramsWithTheirSenders() throws IOException {
        FakeRig rig = new FakeRig();
        receiving(rig);
        rig.receive(message("one", '\0', 0), MORE);
        rig.receive(message("two", TRUNCATED, 0), MORE);
        rig.driver.poll(0);
        assertEquals(List.of("one from 258", "two from 258 cut", "batch"), log);
        assertEquals(1, rig.submitted(Kind.RECEIVE).size());
        FakeSubmission request = rig.latest(Kind.RECEIVE);
        assertEquals(Opcode.RECVMSG, request.opcode());
        assertEquals(RequestFlag.PRIORITY_RECEIVE_MULTISHOT, request.priority());
    }

    /** What came together leaves together, but nobody waits for what others cause. */
    @Test
    void aBatchEndsWhereAnotherPortHasACompletion() throws IOException {
        FakeRig rig = new FakeRig();
        receiving(rig);
        long first = rig.latest(Kind.RECEIVE).userData();
        receiving(rig);
        rig.receive(message("other", '\0', 0), MORE);
        for (String each : List.of("one", "two")) {
            String bytes = message(each, '\0', 0);
            rig.kernel.complete(first, bytes.length(), rig.kernel.buffers().fill(bytes) | MORE);
        }
        rig.receive(message("next", '\0', 0), MORE);
        rig.driver.poll(0);
        assertEquals(
                List.of(
                        "other from 258",
                        "batch",
                        "one from 258",
                        "two from 258",
                        "batch",
                        "next from 258",
                        "batch"),
                log);
    }

    @Test
    void aPortThatIsClosedHearsOfNoBatch() throws IOException {
        FakeRig rig = new FakeRig();
        DatagramPort port = receiving(rig);
        whenHeard = port::close;
        rig.receive(message("one", '\0', 0), MORE);
        rig.receive(message("two", '\0', 0), MORE);
        rig.driver.poll(0);
        assertEquals(List.of("one from 258"), log);
    }

    /** An empty one ends a multishot request, and any may. */
    @Test
    void aRequestThatTheKernelEndedIsArmedAgain() throws IOException {
        FakeRig rig = new FakeRig();
        receiving(rig);
        rig.receive(message("", '\0', 0), 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.RECEIVE).size());
        rig.receive(message("next", '\0', 0), MORE);
        rig.driver.poll(0);
        assertEquals(List.of(" from 258", "batch", "next from 258", "batch"), log);
    }

    @Test
    void anErrorEndsTheReceiveAndIsTold() throws IOException {
        FakeRig rig = new FakeRig();
        DatagramPort port = receiving(rig);
        rig.complete(Kind.RECEIVE, Code.REFUSED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped ECONNREFUSED"), log);
        port.startReceive();
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.RECEIVE).size());
    }

    /** Then it waits by the ring, and receives by calls. */
    @Test
    void aKernelWithoutMultishotIsPolled() throws IOException {
        FakeRig rig = new FakeRig();
        receiving(rig);
        rig.complete(Kind.RECEIVE, Code.INVALID_ARGUMENT, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(Opcode.POLL_ADD, rig.latest(Kind.RECEIVE).opcode());
        assertEquals(List.of(), log);
    }

    /** What was asked for while a request is in flight comes with the next one. */
    @Test
    void anOptionThatBringsMoreBeginsTheReceiveAnew() throws IOException {
        FakeRig rig = new FakeRig();
        DatagramPort port = receiving(rig);
        assertEquals(Code.OK, port.setOption(DatagramOption.RECEIVE_PACKET_INFO, 1));
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.CANCEL).size());
        rig.receive(message("before", '\0', 0), MORE);
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.RECEIVE).size());
        rig.receive(message("after", '\0', 128), MORE);
        rig.driver.poll(0);
        assertEquals(List.of("before from 258", "batch", "after from 258", "batch"), log);
        port.stopReceive();
        rig.driver.poll(0);
        rig.complete(Kind.RECEIVE, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals("stopped ECANCELED", log.get(4));
    }
}
