// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.Chunk;
import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ends that meet on the way: with each other, with data, with resets, and with those said twice.
 */
class CloseNotifyTest {
    private static final byte[] DATA = new byte[50_000];

    static {
        for (int i = 0; i < DATA.length; i++) {
            DATA[i] = (byte) (i * 31);
        }
    }

    private static TlsRig rig(String engine, String protocol) throws IOException {
        TlsRig rig =
                TlsRig.on(
                        TestContexts.server(engine).protocols(protocol).tasksInline(true).build());
        assertNull(rig.shake(client(engine, protocol), "localhost"));
        return rig;
    }

    private static TlsContext client(String engine, String protocol) throws IOException {
        return TestContexts.client(engine).protocols(protocol).tasksInline(true).build();
    }

    private static TlsStream server(TlsRig rig) {
        return rig.accepted.get(0);
    }

    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void twoEndsThatCrossAreTwoEnds(String engine, String protocol) throws IOException {
        try (TlsRig rig = rig(engine, protocol)) {
            TlsRig.Received one = new TlsRig.Received();
            TlsRig.Received other = new TlsRig.Received();
            rig.last.read(one);
            server(rig).read(other);
            rig.last.shutdown();
            server(rig).shutdown();
            rig.until(() -> one.ended && other.ended);
            assertNull(one.failure);
            assertNull(other.failure);
            rig.last.close();
            server(rig).close();
            rig.until(() -> rig.last.isClosed() && server(rig).isClosed());
        }
    }

    /** What was written before the end comes before it, though the peer has ended by then. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void whatBothHaveWrittenBeforeTheirEndsCrossesAsWell(String engine, String protocol)
            throws IOException {
        try (TlsRig rig = rig(engine, protocol)) {
            TlsRig.Received one = new TlsRig.Received();
            TlsRig.Received other = new TlsRig.Received();
            rig.last.read(one);
            server(rig).read(other);
            rig.last.write(DATA, 0, DATA.length);
            server(rig).write(DATA, 0, DATA.length);
            rig.last.closeWhenWritten();
            server(rig).shutdown();
            rig.until(() -> other.ended || other.failure != null);
            assertNull(other.failure, () -> String.valueOf(other.failure));
            assertArrayEquals(DATA, other.array());
            server(rig).close();
            rig.until(() -> rig.last.isClosed() && server(rig).isClosed());
        }
    }

    /** The last bytes and the end are in one segment, and the FIN is right behind. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void anEndThatIsThereBeforeAnybodyReadsWaitsBehindTheData(String engine, String protocol)
            throws IOException {
        try (TlsRig rig = rig(engine, protocol)) {
            rig.last.write(DATA, 0, 100);
            rig.last.closeWhenWritten();
            rig.until(rig.last::isClosed);
            for (int i = 0; i < 20; i++) {
                rig.loop.run(io.millrace.RunMode.NOWAIT);
            }
            List<String> order = new ArrayList<>();
            server(rig)
                    .read(
                            new ReadHandler() {
                                @Override
                                public void onRead(ByteStream stream, Chunk chunk) {
                                    order.add("data");
                                    stream.pauseReading();
                                    rig.loop.execute(stream::resumeReading);
                                }

                                @Override
                                public void onEnd(ByteStream stream) {
                                    order.add("end");
                                }

                                @Override
                                public void onFailure(ByteStream stream, IoException reason) {
                                    order.add(reason.toString());
                                }
                            });
            rig.until(() -> order.size() == 2);
            assertEquals(List.of("data", "end"), order);
        }
    }

    /** RFC 8446, 6.1: whatever comes after a close_notify is ignored. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void whatComesAfterTheEndIsNobodysBusiness(String engine, String protocol) throws IOException {
        try (TlsRig rig = rig(engine, protocol)) {
            TlsRig.Received received = new TlsRig.Received();
            server(rig).read(received);
            rig.last.shutdown();
            rig.until(() -> received.ended);
            byte[] record = new byte[5 + 20];
            record[0] = 23;
            record[1] = 3;
            record[2] = 3;
            record[4] = 20;
            ByteStream below = rig.last.below();
            if (!below.isClosing()) {
                below.write(record, 0, record.length, (stream, failure) -> {});
            }
            for (int i = 0; i < 20; i++) {
                rig.loop.run(io.millrace.RunMode.NOWAIT);
            }
            assertNull(received.failure);
            assertEquals(0, received.count());
            server(rig).close();
            rig.until(() -> server(rig).isClosed());
        }
    }

    /** The end has been said: that the connection is reset behind it takes nothing of it back. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void aResetBehindTheEndIsNoSecondEnd(String engine, String protocol) throws IOException {
        try (TlsRig rig = rig(engine, protocol)) {
            TlsRig.Received received = new TlsRig.Received();
            server(rig).read(received);
            server(rig).onWriteFailure((stream, failure) -> {});
            rig.last.shutdown();
            rig.until(() -> received.ended);
            rig.last.closeReset();
            rig.until(rig.last::isClosed);
            for (int i = 0; i < 20; i++) {
                rig.loop.run(io.millrace.RunMode.NOWAIT);
            }
            assertNull(received.failure);
            server(rig).close();
            rig.until(() -> server(rig).isClosed());
        }
    }

    /** A reset in place of the end is a failure, and so is what it overtakes. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void aResetIsNoEnd(String engine, String protocol) throws IOException {
        try (TlsRig rig = rig(engine, protocol)) {
            TlsRig.Received received = new TlsRig.Received();
            server(rig).read(received);
            rig.last.closeReset();
            rig.until(() -> received.ended || received.failure != null);
            assertFalse(received.ended);
            assertEquals(ErrorCode.ECONNRESET, received.failure.errorCode());
        }
    }

    /** Its end comes while records are on their way that it will never read: nobody is stuck. */
    @ParameterizedTest
    @CsvSource({"jdk,TLSv1.3", "jdk,TLSv1.2", "conscrypt,TLSv1.3", "conscrypt,TLSv1.2"})
    void aPeerThatClosesWhileItIsWrittenToEndsTheWriting(String engine, String protocol)
            throws IOException {
        try (TlsRig rig = rig(engine, protocol)) {
            List<Object> outcomes = new ArrayList<>();
            byte[] much = new byte[1 << 20];
            for (int i = 0; i < 16; i++) {
                server(rig)
                        .write(
                                much,
                                0,
                                much.length,
                                (stream, failure) ->
                                        outcomes.add(failure == null ? "written" : failure));
            }
            rig.loop.run(io.millrace.RunMode.NOWAIT);
            rig.last.close();
            rig.until(() -> outcomes.size() == 16);
            assertInstanceOf(IoException.class, outcomes.get(15), outcomes::toString);
            server(rig).close();
            rig.until(() -> server(rig).isClosed() && rig.last.isClosed());
        }
    }
}
