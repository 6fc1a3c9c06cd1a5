// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Signals that end a process, each tried on one of its own. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals to speak of")
class SignalsTest {
    private static final long HANG_SECONDS = 60;
    private static final int SIGTERM_STATUS = 128 + 15;

    static Stream<String> backends() {
        return Backends.report().backends().stream()
                .filter(BackendInfo::usable)
                .map(BackendInfo::name);
    }

    private static Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, SignalsProgram.class.getName()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String next(BufferedReader output, String... wanted) throws IOException {
        String line = output.readLine();
        while (line != null && List.of(wanted).stream().noneMatch(line::contains)) {
            line = output.readLine();
        }
        return String.valueOf(line);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void whenTheLastWatchHasStoppedTheVirtualMachineEndsAsBefore(String backend) throws Exception {
        Process process = start("-Dmillrace.backend=" + backend);
        try (BufferedReader output = process.inputReader()) {
            assertEquals("ready", next(output, "ready"));
            process.toHandle().destroy();
            assertEquals("told", next(output, "told", "hook"));
            assertTrue(process.isAlive());
            process.toHandle().destroy();
            assertEquals("hook", next(output, "told", "hook"));
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
            assertEquals(SIGTERM_STATUS, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatTheVirtualMachineDoesNotGiveAwayIsRefusedAtTheStart() throws Exception {
        Process process = start("-Xrs", "-Dmillrace.backend=nio");
        try (BufferedReader output = process.inputReader()) {
            String line = next(output, "SIGTERM", "ready");
            assertTrue(line.contains("-Xrs"), line);
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }
}
