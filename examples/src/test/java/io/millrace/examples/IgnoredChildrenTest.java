// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.LoopOptions;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process whose children's ends were ignored when it was started, each tried on its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "children are started on Linux only")
class IgnoredChildrenTest {
    private static final long HANG_SECONDS = 60;

    @ParameterizedTest
    @ValueSource(strings = {"at once", "watch"})
    void aChildsStatusIsKnownAlthoughTheProcessWasStartedToIgnoreIt(String way) throws Exception {
        assumeTrue(ChildrenHere.canBeStarted(LoopOptions.DEFAULT), "children");
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process process =
                new ProcessBuilder(
                                "env",
                                "--ignore-signal=CHLD",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath,
                                IgnoredChildrenProgram.class.getName(),
                                way)
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader output = process.inputReader()) {
            List<String> lines = output.lines().toList();
            assertTrue(lines.contains("ignored"), lines::toString);
            assertTrue(lines.contains("ended: code 9"), lines::toString);
            assertTrue(lines.contains("over"), lines::toString);
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }
}
