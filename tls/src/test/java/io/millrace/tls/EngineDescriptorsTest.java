// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Conscrypt's engine has a pipe of its own (AppData::create in its native code) until both of its
 * directions are closed: two descriptors that a connection must not leave to the collector.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "/proc/self/fd")
class EngineDescriptorsTest {
    private static final int CONNECTIONS = 20;

    /** What the class path, the loop or another thread may open meanwhile. */
    private static final int OTHERS = 8;

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private interface Ending {
        void end(TlsStream stream);
    }

    private static Ending ending(String name) {
        return switch (name) {
            case "close" -> TlsStream::close;
            case "reset" -> TlsStream::closeReset;
            default -> TlsStream::closeWhenWritten;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "close,TLSv1.3", "reset,TLSv1.3", "written,TLSv1.3",
        "close,TLSv1.2", "reset,TLSv1.2", "written,TLSv1.2"
    })
    void aClosedConnectionHasNone(String ending, String protocol) throws IOException {
        TlsContext client =
                TestContexts.client("conscrypt").protocols(protocol).tasksInline(true).build();
        try (TlsRig rig =
                TlsRig.on(
                        TestContexts.server("conscrypt")
                                .protocols(protocol)
                                .tasksInline(true)
                                .build())) {
            long before = 0;
            for (int i = 0; i <= CONNECTIONS; i++) {
                assertNull(rig.shake(client, "localhost"));
                TlsStream one = rig.last;
                TlsStream other = rig.accepted.get(i);
                ending(ending).end(one);
                rig.until(one::isClosed);
                other.close();
                rig.until(other::isClosed);
                before = i == 0 ? descriptors() : before;
            }
            long more = descriptors() - before;
            assertTrue(more < OTHERS, "descriptors more: " + more);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3", "TLSv1.2"})
    void aHandshakeThatFailedHasNone(String protocol) throws IOException {
        TlsContext client =
                TestContexts.client("conscrypt").protocols(protocol).tasksInline(true).build();
        try (TlsRig rig =
                TlsRig.on(
                        TestContexts.server("conscrypt")
                                .protocols(protocol)
                                .tasksInline(true)
                                .build())) {
            long before = 0;
            for (int i = 0; i <= CONNECTIONS; i++) {
                assertNotNull(rig.shake(client, "other.test"));
                rig.last.close();
                rig.until(rig.last::isClosed);
                before = i == 0 ? descriptors() : before;
            }
            assertEquals(CONNECTIONS + 1, rig.accepted.size() + rig.refused.size());
            rig.accepted.forEach(TlsStream::close);
            rig.until(() -> rig.accepted.stream().allMatch(TlsStream::isClosed));
            long more = descriptors() - before;
            assertTrue(more < OTHERS, "descriptors more: " + more);
        }
    }
}
