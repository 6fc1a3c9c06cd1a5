// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes that no peer with good intentions sends, made from those that one does send, by seed. Each
 * ends its own connection with an {@link IoException}, and the next one is served.
 */
class MalformedInputTest {
    private static final int HELLOS = 150;
    private static final int RECORDS = 60;
    private static final List<ErrorCode> REASONS =
            List.of(
                    ErrorCode.EPROTO,
                    ErrorCode.ECONNABORTED,
                    ErrorCode.ECONNRESET,
                    ErrorCode.EPIPE);

    private static TlsContext server(String engine) throws IoException {
        return TestContexts.server(engine).applicationProtocols("h2").tasksInline(true).build();
    }

    /** What a client begins with, made by an engine alone. */
    static byte[] hello(TlsContext context) throws SSLException {
        SSLEngine engine = context.clientEngine("localhost", 443);
        engine.beginHandshake();
        ByteBuffer record = ByteBuffer.allocate(1 << 15);
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /** One to four changes: of a bit, a byte, a length, a piece twice or not at all, or the end. */
    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] mutant = bytes.clone();
        for (int i = random.nextInt(4); i >= 0 && mutant.length > 8; i--) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(6)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt();
                case 2 -> mutant[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                case 3 -> mutant = Arrays.copyOf(mutant, at + 1);
                case 4 -> mutant = without(mutant, at, random.nextInt(mutant.length - at));
                default -> mutant = twice(mutant, at, random.nextInt(mutant.length - at));
            }
        }
        return mutant;
    }

    private static byte[] without(byte[] bytes, int at, int count) {
        byte[] rest = new byte[bytes.length - count];
        System.arraycopy(bytes, 0, rest, 0, at);
        System.arraycopy(bytes, at + count, rest, at, rest.length - at);
        return rest;
    }

    private static byte[] twice(byte[] bytes, int at, int count) {
        byte[] more = new byte[bytes.length + count];
        System.arraycopy(bytes, 0, more, 0, at + count);
        System.arraycopy(bytes, at, more, at + count, bytes.length - at);
        return more;
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "conscrypt"})
    void aMalformedClientHelloConcernsNobodyElse(String engine) throws IOException {
        TlsContext client = TestContexts.client("jdk").applicationProtocols("h2").build();
        byte[] hello = hello(client);
        try (TlsRig rig = TlsRig.on(server(engine))) {
            for (int seed = 0; seed < HELLOS; seed++) {
                byte[] mutant = mutate(hello, new Random(seed));
                TcpStream stream = rig.plain();
                stream.onWriteFailure((failed, reason) -> {});
                stream.write(mutant, 0, mutant.length, (written, failure) -> {});
                // A part of a record, or one that is right after all: then it is this end that
                // goes.
                stream.closeWhenWritten();
                int told = seed + 1;
                rig.until(() -> rig.refused.size() == told);
                ErrorCode code = rig.refused.get(seed).errorCode();
                assertTrue(REASONS.contains(code), "seed " + seed + ": " + rig.refused.get(seed));
            }
            assertEquals(List.of(), rig.accepted);
            assertNull(rig.shake(client, "localhost"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aMalformedRecordEndsItsConnection(String protocol) throws IOException {
        TlsContext client =
                TestContexts.client("jdk").applicationProtocols("h2").protocols(protocol).build();
        try (TlsRig rig = TlsRig.on(server("jdk"))) {
            for (int seed = 0; seed < RECORDS; seed++) {
                Random random = new Random(seed);
                assertNull(rig.shake(client, "localhost"), "seed " + seed);
                TlsRig.Received received = new TlsRig.Received();
                TlsStream victim = rig.accepted.get(seed);
                victim.onWriteFailure((stream, failure) -> {});
                victim.read(received);
                byte[] forged = new byte[5 + random.nextInt(400)];
                random.nextBytes(forged);
                if (random.nextBoolean()) {
                    forged[0] = (byte) (20 + random.nextInt(4));
                    forged[1] = 3;
                    forged[2] = 3;
                    forged[3] = 0;
                    forged[4] = (byte) Math.min(255, forged.length - 5);
                }
                rig.last.below().write(forged, 0, forged.length);
                rig.last.below().closeWhenWritten();
                int number = seed;
                rig.until(() -> received.failure != null || received.ended);
                assertTrue(received.failure != null, "seed " + number + " was an end");
                ErrorCode code = received.failure.errorCode();
                assertTrue(REASONS.contains(code), "seed " + number + ": " + received.failure);
                assertEquals(0, received.count());
                victim.close();
                rig.last.close();
                rig.until(victim::isClosed);
            }
        }
    }

    /** A fatal alert is the last thing that who sends no TLS is sent. */
    @ParameterizedTest
    @CsvSource({"jdk,1,10", "jdk,71,10", "conscrypt,1,47", "conscrypt,71,47"})
    void whoSendsNoTlsIsToldSo(String engine, int type, int expected) throws IOException {
        try (TlsRig rig = TlsRig.on(server(engine))) {
            TlsRig.Received answer = new TlsRig.Received();
            TcpStream stream = rig.plain();
            stream.read(answer);
            stream.write(new byte[] {(byte) type, 3, 1, (byte) 0xff, (byte) 0xff, 1}, 0, 6);
            rig.until(() -> rig.refused.size() == 1 && answer.ended);
            assertEquals(ErrorCode.EPROTO, rig.refused.get(0).errorCode());
            byte[] alert = answer.array();
            alert[2] = 3;
            assertArrayEquals(new byte[] {21, 3, 3, 0, 2, 2, (byte) expected}, alert);
            stream.close();
        }
    }

    /** Once there are keys the alert is encrypted, and the peer's engine tells it. */
    @ParameterizedTest
    @CsvSource({
        "jdk,TLSv1.3,unexpected_message",
        "jdk,TLSv1.2,unexpected_message",
        "conscrypt,TLSv1.3,record_overflow",
        "conscrypt,TLSv1.2,record_overflow"
    })
    void aRecordTooLargeAfterTheHandshakeIsAnsweredByAnAlert(
            String engine, String protocol, String alert) throws IOException {
        TlsContext client =
                TestContexts.client("jdk").applicationProtocols("h2").protocols(protocol).build();
        try (TlsRig rig = TlsRig.on(server(engine))) {
            assertNull(rig.shake(client, "localhost"));
            TlsRig.Received answer = new TlsRig.Received();
            TlsRig.Received received = new TlsRig.Received();
            rig.last.read(answer);
            rig.accepted.get(0).read(received);
            rig.last.below().write(new byte[] {23, 3, 3, (byte) 0xff, (byte) 0xff, 1}, 0, 6);
            rig.until(() -> received.failure != null && answer.failure != null);
            assertEquals(ErrorCode.EPROTO, received.failure.errorCode());
            assertTrue(answer.failure.getMessage().contains(alert), answer.failure.getMessage());
        }
    }

    @Test
    void aRecordLargerThanAnyMayBeIsRefusedBeforeItHasCome() throws IOException {
        try (TlsRig rig = TlsRig.on(server("jdk"))) {
            TcpStream stream = rig.plain();
            stream.write(new byte[] {22, 3, 1, (byte) 0xff, (byte) 0xff, 1}, 0, 6);
            rig.until(() -> rig.refused.size() == 1);
            assertEquals(ErrorCode.EPROTO, rig.refused.get(0).errorCode());
            stream.close();
        }
    }
}
