// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receiving once into the caller's memory. */
class ReceiveIntoTest {
    private final ByteBuffer memory = ByteBuffer.allocateDirect(10);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void reportsOnceAndAsksForNothingMore(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.port.receiveInto(memory);
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.add(4);
        stream.ready("R");

        reactor.poll();
        reactor.poll();

        reactor.expect("wait", "recv s", "s into 4", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endOfStreamIsZeroAndErrorsAreCodes(boolean edge) {
        Reactor reactor = new Reactor(edge);
        for (int result : new int[] {Code.END_OF_STREAM, Code.RESET}) {
            RecordingSink stream = reactor.stream("s");
            stream.port.receiveInto(memory);
            reactor.poll();
            reactor.log.clear();
            stream.socket.receives.add(result);
            stream.ready("R");
            reactor.poll();
            String reported = result == 0 ? "0" : Code.name(result);
            reactor.expect("wait", "recv s", "s into " + reported);
            stream.port.close();
            reactor.poll();
        }
    }

    @Test
    void aFullTargetIsFollowedByAnotherTryOnlyWhereNoEventWouldCome() {
        Reactor edge = Reactor.edge();
        receiveTwiceFull(edge);
        edge.expect("wait", "recv s", "s into 10", "recv s", "s into 10");

        Reactor level = Reactor.level();
        receiveTwiceFull(level);
        level.expect("wait", "recv s", "s into 10");
    }

    @Test
    void startingAgainInsideTheReportDoesNotKeepTheNextPollFromWaiting() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.stream("s");
        stream.port.receiveInto(memory);
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.add(10);
        stream.when("into 10", () -> stream.port.receiveInto(memory));
        stream.ready("R");

        reactor.poll();
        reactor.poll();

        reactor.expect("wait", "recv s", "s into 10", "recv s", "wait");
    }

    private void receiveTwiceFull(Reactor reactor) {
        RecordingSink stream = reactor.stream("s");
        stream.port.receiveInto(memory);
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.addAll(List.of(10, 10));
        stream.when("into 10", () -> stream.port.receiveInto(memory));
        stream.ready("R");
        reactor.poll();
    }

    @Test
    void requestsOnALevelNeedNoInterestChanges() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.stream("s");
        stream.port.receiveInto(memory);
        reactor.poll();
        reactor.log.clear();
        for (int i = 0; i < 3; i++) {
            stream.socket.receives.add(10);
            stream.ready("R");
            reactor.poll();
            reactor.poll(0);
            stream.port.receiveInto(memory);
            reactor.expect("wait", "recv s", "s into 10", "wait 0");
        }
    }

    @Test
    void anEdgeThatWasNotUsedUpIsTriedWithoutWaiting() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.stream("s");
        stream.port.receiveInto(memory);
        reactor.poll();
        stream.socket.receives.add(10);
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.add(2);

        stream.port.receiveInto(memory);
        reactor.poll();

        reactor.expect("wait 0", "recv s", "s into 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingEndsItWithItsOneTerminal(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.port.receiveInto(memory);
        reactor.poll();
        reactor.log.clear();

        stream.port.close();
        reactor.poll();

        reactor.expect("remove s", "close s", "wait 0", "settle", "s into ECANCELED", "s closed");
    }
}
