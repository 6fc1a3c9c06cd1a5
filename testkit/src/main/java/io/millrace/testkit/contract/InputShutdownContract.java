// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpStream;
import io.millrace.net.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A stream of a socket that is told to receive no more. */
public abstract class InputShutdownContract extends ContractTest {
    private static final int LARGE_BYTES = 4 << 20;

    private final Journal journal = new Journal();

    private static void shutdownInput(ByteStream stream) {
        if (stream instanceof TcpStream tcp) {
            tcp.shutdownInput();
        } else {
            ((UnixStream) stream).shutdownInput();
        }
    }

    @Test
    void aReaderIsToldTheEndAndWritingGoesOn() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        Journal client = new Journal();
        pair.client().read(client.reader("client"));
        settle();
        shutdownInput(pair.server());
        journal.assertIs();
        until("end", () -> journal.has("server end"));
        pair.server().write(bytes(1000), 0, 1000);
        until("bytes", () -> client.receivedCount() == 1000);
        shutdownInput(pair.server());
        settle();
        journal.assertIs("server end");
    }

    @Test
    void aReadIntoABufferIsToldTheEnd() throws IOException {
        StreamPair pair = connect();
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        pair.server().read(buffer, ReadEnds.into(journal, "read"));
        settle();
        shutdownInput(pair.server());
        until("end", () -> !journal.lines().isEmpty());
        assertEquals(0, buffer.position());
        int first = journal.lines().size();
        pair.server().read(buffer, ReadEnds.into(journal, "later"));
        until("end", () -> journal.lines().size() > first);
        assertEquals(
                journal.lines().get(0).substring("read".length()),
                journal.lines().get(first).substring("later".length()));
    }

    @Test
    void whatHasNotBeenDeliveredNeverIs() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.server().pauseReading();
        pair.client().write(bytes(1000), 0, 1000);
        settle();
        shutdownInput(pair.server());
        pair.server().resumeReading();
        until("end", () -> !journal.lines().isEmpty());
        settle();
        journal.assertIs("server end");
        assertEquals(0, journal.receivedCount());
    }

    /** What is on its way meanwhile is nobody's, however much it is. */
    @Test
    void aReaderInTheMiddleOfBytesHearsNothingButTheEnd() throws IOException {
        StreamPair pair = connect();
        pair.client().write(ByteBuffer.allocateDirect(LARGE_BYTES));
        pair.server().read(shuttingDown());
        until("end", () -> journal.has("end"));
        settle();
        journal.assertIs("bytes", "end");
        pair.server().read(journal.reader("server"));
        until("end", () -> journal.has("server end"));
        assertEquals(0, journal.receivedCount());
    }

    private ReadHandler shuttingDown() {
        return new ReadHandler() {
            @Override
            public void onRead(ByteStream stream, Chunk chunk) {
                journal.add("bytes");
                shutdownInput(stream);
            }

            @Override
            public void onEnd(ByteStream stream) {
                journal.add("end");
            }
        };
    }

    @Test
    void itMayBeCalledInAnyStateButNotWithoutAConnection() throws IOException {
        StreamPair pair = connect();
        pair.client().close();
        pair.server().read(journal.reader("server"));
        until("end", () -> journal.has("server end"));
        shutdownInput(pair.server());
        settle();
        journal.assertIs("server end");
        pair.server().close();
        assertRefused("closed", () -> shutdownInput(pair.server()));
        TcpStream unconnected = TcpStream.open(clientLoop());
        assertRefused("not connected", () -> shutdownInput(unconnected));
        unconnected.close();
        until("closed", () -> pair.server().isClosed() && unconnected.isClosed());
    }
}
