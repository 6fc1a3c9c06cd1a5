// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import io.millrace.testkit.contract.Transport.Ability;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Reading into the caller's memory: at most or exactly what fits, one request at a time. */
public abstract class ReadRequestContract extends ContractTest {
    private final Journal journal = new Journal();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(100);

    private ReadCallback end(String name) {
        return ReadEnds.into(journal, name);
    }

    private void assertHolds(int from, int count) {
        for (int i = 0; i < count; i++) {
            assertEquals(bytes(from + count)[from + i], buffer.get(from + i));
        }
    }

    @Test
    void aReadTakesWhatIsThereAndAtMostWhatFits() throws IOException {
        StreamPair pair = connect();
        pair.server().read(buffer, end("read"));
        assertTrue(pair.server().isActive());
        pair.client().write(bytes(40), 0, 40);
        until("read", () -> journal.has("read 40"));
        assertEquals(40, buffer.position());
        assertEquals(100, buffer.limit());
        assertHolds(0, 40);
        pair.client().write(bytes(100), 40, 60);
        pair.client().write(bytes(30), 0, 30);
        pair.server().readFully(buffer, end("rest"));
        until("full", () -> journal.has("rest 60"));
        assertHolds(0, 100);
    }

    @Test
    void anExactReadWaitsUntilTheBufferIsFull() throws IOException {
        StreamPair pair = connect();
        buffer.limit(50);
        pair.server().readFully(buffer, end("read"));
        byte[] sent = bytes(60);
        for (int i = 0; i < 6; i++) {
            pair.client().write(sent, i * 10, 10);
            clientLoop().run(RunMode.NOWAIT);
        }
        until("read", () -> !journal.lines().isEmpty());
        journal.assertIs("read 50");
        assertHolds(0, 50);
        buffer.clear().position(50).limit(100);
        pair.server().read(buffer, end("next"));
        until("the rest", () -> journal.has("next 10"));
        assertHolds(50, 10);
    }

    @Test
    void anExactReadThatMeetsTheEndHasFewerBytes() throws IOException {
        StreamPair pair = connect();
        pair.server().readFully(buffer, end("read"));
        pair.client().write(bytes(7), 0, 7);
        pair.client().shutdown();
        until("end", () -> journal.has("read 7"));
        assertEquals(7, buffer.position());
        pair.server().readFully(buffer, end("again"));
        until("end again", () -> journal.has("again -1"));
    }

    @Test
    void anEndBeforeTheFirstByteIsMinusOne() throws IOException {
        StreamPair pair = connect();
        pair.server().read(buffer, end("read"));
        pair.client().shutdown();
        until("end", () -> !journal.lines().isEmpty());
        journal.assertIs("read -1");
        assertEquals(0, buffer.position());
    }

    @Test
    @Needs(Ability.RESET)
    void aResetFailsTheRead() throws IOException {
        StreamPair pair = connect();
        pair.server().readFully(buffer, end("read"));
        pair.client().closeReset();
        until("reset", () -> !journal.lines().isEmpty());
        journal.assertIs("read ECONNRESET");
    }

    @Test
    void closeCancelsTheReadBeforeTheCloseCallback() throws IOException {
        StreamPair pair = connect();
        pair.server().onClosed(journal.line("closed"));
        pair.server().read(buffer, end("read"));
        pair.server().close();
        journal.assertIs();
        until("closed", () -> journal.has("closed"));
        journal.assertIs("read ECANCELED", "closed");
    }

    @Test
    void aReadMayBeStartedInTheCallbackOfTheLast() throws IOException {
        StreamPair pair = connect();
        readNext(pair.server());
        byte[] sent = bytes(5000);
        pair.client().write(sent, 0, sent.length);
        until("all bytes", () -> journal.receivedCount() == sent.length);
        assertEquals(sent[4999], journal.received()[4999]);
    }

    private void readNext(ByteStream stream) {
        buffer.clear();
        stream.read(
                buffer,
                (s, target, count) -> {
                    journal.takeBuffer(target.flip());
                    readNext(s);
                });
    }

    @Test
    void aPausedHandlerMakesWayForARequestAndNothingIsLost() throws IOException {
        StreamPair pair = connect();
        pair.server()
                .read(
                        (stream, chunk) -> {
                            journal.take(chunk);
                            stream.pauseReading();
                        });
        byte[] sent = bytes(10_000);
        pair.client().write(sent, 0, sent.length);
        until("first chunk", () -> journal.receivedCount() > 0);
        int first = journal.receivedCount();
        if (first < sent.length) {
            pair.server().readFully(buffer, end("request"));
            until("request", () -> journal.lines().size() == 1);
            journal.takeBuffer(buffer.flip());
        }
        while (journal.receivedCount() < sent.length) {
            int before = journal.receivedCount();
            pair.server().resumeReading();
            until("more", () -> journal.receivedCount() > before);
        }
        assertArrayEquals(sent, journal.received());
    }

    @Test
    void aSecondReadWhileOneIsPendingIsRefused() throws IOException {
        StreamPair pair = connect();
        pair.server().read(buffer, end("first"));
        ByteBuffer other = ByteBuffer.allocateDirect(10);
        assertRefused("pending", () -> pair.server().read(other, end("second")));
        assertRefused("pending", () -> pair.server().read(journal.reader("handler")));
        pair.client().write(bytes(1), 0, 1);
        until("first", () -> journal.has("first 1"));
    }

    @Test
    void aReadWhileAHandlerReadsIsRefused() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("handler"));
        assertRefused("pauseReading", () -> pair.server().read(buffer, end("read")));
    }

    @Test
    void buffersThatCannotBeReadIntoAreRefused() throws IOException {
        StreamPair pair = connect();
        assertBad(pair.server(), ByteBuffer.allocate(10));
        assertBad(pair.server(), ByteBuffer.allocateDirect(10).asReadOnlyBuffer());
        assertBad(pair.server(), ByteBuffer.allocateDirect(10).limit(0));
        assertThrows(NullPointerException.class, () -> pair.server().read(nullBuffer(), end("x")));
        pair.server().close();
        assertRefused("closed", () -> pair.server().read(buffer, end("read")));
    }

    private void assertBad(ByteStream stream, ByteBuffer bad) {
        assertThrows(IllegalArgumentException.class, () -> stream.read(bad, end("read")));
        assertThrows(IllegalArgumentException.class, () -> stream.readFully(bad, end("read")));
    }

    @SuppressWarnings("NullAway") // what a caller without a checker may do
    private static ByteBuffer nullBuffer() {
        return null;
    }
}
