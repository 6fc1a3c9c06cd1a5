// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.reactor.RawStream;
import io.millrace.spi.reactor.ReceiveRow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each receive in a row is as it would have been alone, whichever way they go to the kernel. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere loopback takes its time")
@ParameterizedClass
@EnumSource
class LibcReceiveRowTest {
    private static final int CAPACITY = 4;
    private static final int PLENTY = 1000;

    /** Directly where that is possible, through libc, or as tests interpose. */
    enum Way {
        SHORTEST,
        THROUGH_LIBC,
        INTERPOSED
    }

    @Parameter private Way way;

    private final SocketFixture fixture = new SocketFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void everyStreamGetsItsOwnBytes() throws IoException {
        ReceiveRow row = row();
        List<PoolChunk> chunks =
                List.of(
                        fixture.chunks.acquire(),
                        fixture.chunks.acquire(),
                        fixture.chunks.acquire());
        List<String> texts = List.of("a", "bc", "too long for it");
        for (int i = 0; i < 3; i++) {
            row.add(streamWith(texts.get(i)), chunks.get(i));
        }

        assertEquals(3, row.run(PLENTY));

        assertEquals("a", text(chunks.get(0), row.result(0)));
        assertEquals("bc", text(chunks.get(1), row.result(1)));
        assertEquals("too long", text(chunks.get(2), row.result(2)));
    }

    @Test
    void aRowEndsWithTheReceiveThatBringsEnough() throws IoException {
        ReceiveRow row = row();
        RawStream left = streamWith("ghi");
        PoolChunk chunk = fixture.chunks.acquire();
        row.add(streamWith("abc"), fixture.chunks.acquire());
        row.add(streamWith("def"), fixture.chunks.acquire());
        row.add(left, fixture.chunks.acquire());
        assertEquals(2, row.run(4));
        assertEquals(3, row.result(0));
        assertEquals(3, row.result(1));

        row.add(left, chunk);
        assertEquals(1, row.run(1), "the rest was forgotten");

        assertEquals("ghi", text(chunk, row.result(0)));
    }

    @Test
    void exactlyEnoughIsEnough() throws IoException {
        ReceiveRow row = row();
        row.add(streamWith("abc"), fixture.chunks.acquire());
        row.add(streamWith("def"), fixture.chunks.acquire());

        assertEquals(1, row.run(3));
    }

    /** None of them brings any bytes either. */
    @Test
    void eagainAnEndAndAFailureEndOnlyTheirOwn() throws IoException {
        ReceiveRow row = row();
        RawStream ended = streamThatEnds();
        RawStream closed = streamWith("x");
        closed.close();
        row.add(streamWith(""), fixture.chunks.acquire());
        row.add(ended, fixture.chunks.acquire());
        row.add(closed, fixture.chunks.acquire());
        row.add(streamWith("abc"), fixture.chunks.acquire());

        assertEquals(4, row.run(1));

        assertEquals(Code.WOULD_BLOCK, row.result(0));
        assertEquals(Code.END_OF_STREAM, row.result(1));
        assertEquals(Code.BAD_DESCRIPTOR, row.result(2));
        assertEquals(3, row.result(3));
    }

    /** As when it receives alone: without its error a reset looks like the end. */
    @Test
    void anErrorTakenByThePollerIsReportedOnce() throws IoException {
        ReceiveRow row = row();
        RawStream stream = streamThatEnds();
        stream.takenError = Code.RESET;

        row.add(stream, fixture.chunks.acquire());
        row.run(PLENTY);
        assertEquals(Code.RESET, row.result(0));

        row.add(stream, fixture.chunks.acquire());
        row.run(PLENTY);
        assertEquals(Code.END_OF_STREAM, row.result(0));
    }

    @Test
    void thereAreNoMoreReceivesThanItWasMadeFor() throws IoException {
        ReceiveRow row = row();
        RawStream stream = streamWith("abc");
        for (int i = 0; i < CAPACITY; i++) {
            row.add(stream, fixture.chunks.acquire());
        }
        assertThrows(
                IndexOutOfBoundsException.class, () -> row.add(stream, fixture.chunks.acquire()));
    }

    private ReceiveRow row() {
        return switch (way) {
            case SHORTEST -> new LibcReceiveRow(LibcSystemCalls.instance(), CAPACITY);
            case THROUGH_LIBC -> new LibcReceiveRow(LibcSystemCalls.throughLibc(), CAPACITY);
            case INTERPOSED -> fixture.sockets.receiveRow(CAPACITY);
        };
    }

    /** A stream whose peer has sent this. */
    private RawStream streamWith(String text) throws IoException {
        SocketFixture.Pair pair = fixture.connect();
        if (!text.isEmpty()) {
            assertEquals(text.length(), pair.client().send(SocketFixture.gather(text)));
        }
        return pair.server();
    }

    private RawStream streamThatEnds() throws IoException {
        SocketFixture.Pair pair = fixture.connect();
        assertEquals(Code.OK, pair.client().shutdownOutput());
        return pair.server();
    }

    private static String text(PoolChunk chunk, int length) {
        byte[] bytes = new byte[length];
        chunk.memory().get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
