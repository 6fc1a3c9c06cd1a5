// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import org.junit.jupiter.api.Test;

/** What the poller is told, and how seldom. */
class InterestTest {
    @Test
    void aStreamThatWantsNothingIsUnknownToThePoller() {
        Reactor reactor = Reactor.level();
        reactor.stream("s");

        reactor.poll();

        reactor.expect("wait");
    }

    @Test
    void aLevelHearsExactlyWhatIsWanted() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.stream("s");
        stream.port.startReceive();
        reactor.poll();
        reactor.expect("add s R", "wait");

        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.send(10);
        reactor.poll();
        reactor.expect("send s 10", "modify s RW", "wait");
    }

    @Test
    void anEdgeIsToldOnceForEverything() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.stream("s");
        stream.port.startReceive();
        reactor.poll();
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.send(10);
        reactor.poll();
        stream.port.stopReceive();
        reactor.poll();
        stream.port.startReceive();
        reactor.poll();

        reactor.expect(
                "add s RW", "wait", "send s 10", "wait", "wait 0", "s stopped ECANCELED", "wait");
    }

    @Test
    void severalChangesInOneTurnAreOne() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.stream("s");
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.send(10);
        stream.port.startReceive();

        reactor.poll();

        reactor.expect("send s 10", "add s RW", "wait");
    }

    @Test
    void aPauseThatEndsBeforeBytesComeCostsNothing() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.port.stopReceive();
        reactor.poll();
        reactor.poll();
        stream.port.startReceive();
        reactor.poll();

        reactor.expect("wait 0", "s stopped ECANCELED", "wait", "wait");
    }

    @Test
    void bytesDuringAPauseEndTheInterestAndDoNotSpin() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.port.stopReceive();
        reactor.poll();
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();

        reactor.poll();
        stream.port.startReceive();
        reactor.poll();

        reactor.expect("remove s", "wait", "add s R", "wait");
    }

    @Test
    void bytesDuringAPauseLeaveTheInterestInWriting() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.blockedStream("s");
        stream.port.startReceive();
        reactor.poll();
        stream.port.stopReceive();
        reactor.poll();
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();

        reactor.poll();

        reactor.expect("modify s W", "wait");
    }

    @Test
    void aPauseThatBeginsWithKnownBytesIsToldAtOnce() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        for (int i = 0; i < ReactorDriver.RECEIVES_PER_POLL; i++) {
            stream.socket.receives.add(Reactor.CHUNK_BYTES);
        }
        stream.ready("R");
        reactor.poll();
        stream.port.stopReceive();
        reactor.poll();
        reactor.log.clear();

        reactor.poll();

        reactor.expect("remove s", "wait");
    }

    @Test
    void aHangUpThatNobodyWaitsForDoesNotSpin() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.port.stopReceive();
        reactor.poll();
        stream.ready("H");
        reactor.poll();
        reactor.log.clear();

        reactor.poll();

        reactor.expect("remove s", "wait");
    }

    @Test
    void writingIsNoLongerAskedForWhenNothingIsToBeSent() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.blockedStream("s");
        stream.ready("W");

        reactor.poll();
        reactor.poll();

        reactor.expect("wait", "send s 10", "s sent 10", "remove s", "wait");
    }

    @Test
    void aSendThatBlocksAgainKeepsTheInterestWithoutTellingIt() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.blockedStream("s");
        stream.socket.sends.add(4);
        stream.when("sent 4", () -> stream.send(6));
        stream.ready("W");

        reactor.poll();
        reactor.poll();

        reactor.expect("wait", "send s 10", "s sent 4", "wait");
    }

    @Test
    void aClosedPortIsNotToldAbout() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.stream("s");
        stream.port.startReceive();
        stream.port.close();

        reactor.poll();

        reactor.expect("close s", "wait 0", "settle", "s stopped ECANCELED", "s closed");
    }

    @Test
    void aPollWithNothingToDoOnlyWaits() {
        Reactor reactor = Reactor.level();
        reactor.receivingStream("s");
        reactor.systemCalls = 0;

        reactor.poll(0);

        reactor.expect("wait 0");
    }
}
