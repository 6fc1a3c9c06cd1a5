// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Every foul is whistled: a driver and a loop that break the rules on command. */
class RefereeTest {
    private final Referee referee = new Referee();
    private final UnrulyDriver unruly = new UnrulyDriver();
    private final ScriptedStream sink = new ScriptedStream();
    private Driver driver;
    private StreamPort port;
    private StreamSink refereed;

    @BeforeEach
    void open() throws Exception {
        ScriptedContext context = new ScriptedContext(System::nanoTime);
        driver = referee.watch(unruly.provider()).open(DriverConfig.DEFAULT, context);
        port = driver.streams().stream(StandardProtocolFamily.INET, sink);
        refereed = unruly.sink();
    }

    private void assertFoul(String expected, Runnable duringPoll) {
        unruly.duringPoll(duringPoll);
        FoulError foul = assertThrows(FoulError.class, () -> driver.poll(0));
        assertTrue(foul.getMessage().contains(expected), foul::getMessage);
        assertEquals(foul, assertThrows(FoulError.class, referee::assertNoFoul));
    }

    @Test
    void aSinkCalledOutsideOfPoll() {
        assertThrows(FoulError.class, () -> refereed.onReceiveStopped(0));
    }

    @Test
    void aSinkCalledBeforeTheWaitEnded() {
        port.startReceive();
        unruly.forgetWait();
        assertFoul("before the wait ended", () -> refereed.onReceiveStopped(0));
    }

    @Test
    void aTerminalWithoutAStart() {
        assertFoul("nothing of the kind", () -> refereed.onSent(5));
    }

    @Test
    void aSecondTerminal() {
        port.startReceive();
        assertFoul(
                "nothing of the kind",
                () -> {
                    refereed.onReceiveStopped(0);
                    refereed.onReceiveStopped(0);
                });
    }

    @Test
    void anEmptyChunk() {
        port.startReceive();
        assertFoul("empty chunk", () -> refereed.onReceive(UnrulyDriver.emptyChunk()));
    }

    @Test
    void aCancellationThatNobodyAskedFor() {
        port.startReceive();
        assertFoul("by nobody", () -> refereed.onReceiveStopped(Code.CANCELLED));
    }

    @Test
    void aCodeThatIsNoResult() {
        port.startReceive();
        assertFoul("no result", () -> refereed.onReceiveStopped(Code.WOULD_BLOCK));
    }

    @Test
    void closedBeforeTheTerminals() {
        port.startReceive();
        port.close();
        assertFoul("before the terminal", () -> refereed.onClosed());
    }

    @Test
    void anythingAfterClosed() {
        port.close();
        assertFoul(
                "after onClosed",
                () -> {
                    refereed.onClosed();
                    refereed.onClosed();
                });
    }

    @Test
    void closedWithoutClose() {
        assertFoul("without close", () -> refereed.onClosed());
    }

    @Test
    void aCommandAfterClose() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1);
        port.close();
        assertFoulAfterClose(port::startReceive);
        assertFoulAfterClose(port::stopReceive);
        assertFoulAfterClose(() -> port.receiveInto(buffer));
        assertFoulAfterClose(port::send);
        assertFoulAfterClose(() -> port.trySend(buffer));
        assertFoulAfterClose(() -> port.sendFile(UnrulyDriver.emptyFile(), 0, 1));
        assertFoulAfterClose(port::shutdownOutput);
        assertFoulAfterClose(port::release);
        assertFoulAfterClose(() -> port.connect(new InetSocketAddress(0)));
        port.close();
        ListenerPort listener = driver.streams().listen(null, new ScriptedListener());
        listener.close();
        assertFoulAfterClose(listener::startAccept);
        assertFoulAfterClose(listener::stopAccept);
        listener.close();
    }

    @Test
    void aQuestionAfterClose() throws Exception {
        ListenerPort listener = driver.streams().listen(null, new ScriptedListener());
        listener.close();
        port.close();
        assertFoulAfterClose(port::remoteAddress);
        for (SocketPort closed : List.of(port, listener)) {
            assertFoulAfterClose(closed::localAddress);
            assertFoulAfterClose(closed::descriptor);
            assertFoulAfterClose(() -> closed.getOption(PortOption.NO_DELAY));
            assertFoulAfterClose(() -> closed.setOption(PortOption.NO_DELAY, 1));
        }
    }

    private static void assertFoulAfterClose(Executable call) {
        FoulError foul = assertThrows(FoulError.class, call);
        assertTrue(foul.getMessage().contains("after close"), foul::getMessage);
    }

    @Test
    void aSecondStart() {
        port.startReceive();
        assertThrows(FoulError.class, port::startReceive);
    }

    @Test
    void aPollThatMiscounts() {
        port.startReceive();
        unruly.answer(0);
        assertFoul("poll answered 0 after 1", () -> refereed.onReceiveStopped(0));
    }

    @Test
    void anOperationWithoutItsTerminalIsADebt() {
        port.startReceive();
        assertThrows(FoulError.class, referee::assertSettled);
    }

    @Test
    void aDriverClosedWithAnOpenPort() {
        assertThrows(FoulError.class, driver::close);
    }

    @Test
    void aFairGameIsNotDisturbed() throws Exception {
        port.startReceive();
        unruly.answer(2);
        unruly.duringPoll(
                () -> {
                    refereed.onReceiveStopped(0);
                    port.close();
                    refereed.onClosed();
                });
        assertEquals(2, driver.poll(0));
        assertEquals("[stopped 0, closed]", sink.log().toString());
        driver.close();
        referee.assertSettled();
    }
}
