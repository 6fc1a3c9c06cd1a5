// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The servers in C, wherever they compile: they echo every byte of small messages and large, more
 * in flight than sockets and buffers hold, and close when their clients do.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll and io_uring are Linux's")
class NativeServerTest {
    private static final Pinning ANYWHERE = new Pinning(List.of(), "test");

    @TempDir private static Path directory;

    @ParameterizedTest
    @EnumSource
    void echoes(NativeServer kind) throws IOException {
        Candidate candidate = kind.build(Layout.nativeSources(), directory);
        assumeTrue(candidate.usable(), () -> kind.label() + ": " + candidate.refusal());
        assertEquals(kind.label(), candidate.name());
        try (ServerProcess server = ServerProcess.start(candidate, ANYWHERE, directory);
                LoadProcess load = LoadProcess.start(ANYWHERE)) {
            try {
                server.awaitListening(Duration.ofSeconds(30));
            } catch (IOException e) {
                boolean forbidden = String.valueOf(e.getMessage()).contains("io_uring_queue_init");
                assumeTrue(!forbidden, () -> "this kernel has no io_uring for us: " + e);
                throw e;
            }
            for (Shape shape :
                    List.of(
                            new Shape(1, 1, 1),
                            new Shape(64, 64, 16),
                            new Shape(300, 65_536, 1),
                            new Shape(5, 524_288, 2))) {
                LoadReply reply =
                        load.run(
                                new LoadRequest(
                                        server.port(),
                                        server.allocationPort(),
                                        Protocol.ECHO,
                                        shape,
                                        0.05,
                                        0.1,
                                        server.processes(),
                                        List.of()));
                assertNull(reply.failure(), shape.toString());
            }
        }
    }
}
