// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a warm virtual machine hides, or has settled for good: each in a process of its own. */
class FreshProcessTest {
    private static final long HANG_SECONDS = 60;

    @TempDir private Path directory;

    static Stream<String> backends() {
        return Backends.report().backends().stream()
                .filter(BackendInfo::usable)
                .map(BackendInfo::name);
    }

    /** Opening takes longer there than these deadlines, and so do the first calls. */
    @ParameterizedTest
    @MethodSource("backends")
    void deadlinesGivenRightAfterOpeningCountFromTheCall(String backend) throws Exception {
        assertEquals(backend + " not early, connected", run(backend, "deadlines"));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aProcessForIpv4AloneRefusesIpv6AlikeOnEveryBackend(String backend) throws Exception {
        String all = ", EAFNOSUPPORT".repeat(8);
        assertEquals(
                backend + " connected" + all,
                run(backend, "addresses", "-Djava.net.preferIPv4Stack=true"));
    }

    private String run(String backend, String acts, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-Dmillrace.backend=" + backend);
        command.addAll(List.of("-cp", classPath(), FreshLoop.class.getName(), acts));
        Path output = directory.resolve("output");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    /** Surefire hides the real one behind a jar with a manifest. */
    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
