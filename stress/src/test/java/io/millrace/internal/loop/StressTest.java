// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All tests of this module for a moment each, in one mode of compilation. {@code run} has more. */
class StressTest {
    private static final int HANG_SECONDS = 300;

    @TempDir Path directory;

    @Test
    void nothingForbiddenIsSeen() throws Exception {
        Path log = directory.resolve("log");
        Process jcstress =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        "org.openjdk.jcstress.Main",
                                        "-jvmArgs",
                                        "-XX:+UseSerialGC",
                                        "-f",
                                        "1",
                                        "-iters",
                                        "2",
                                        "-time",
                                        "150",
                                        "-sc",
                                        "false",
                                        "-r",
                                        directory.toString()))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended = jcstress.waitFor(HANG_SECONDS, TimeUnit.SECONDS);
        jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
        jcstress.destroyForcibly();
        String said = Files.readString(log);
        assertTrue(ended, said);
        assertEquals(0, jcstress.exitValue(), said);
        assertTrue(said.contains("All remaining tests: " + tests() + " matching"), said);
    }

    /** As many as there are files with a test, so that none is left out unnoticed. */
    private static int tests() throws Exception {
        int count = 0;
        File[] classes = new File("target/classes/io/millrace/internal/loop").listFiles();
        for (File file : classes) {
            if (file.getName().endsWith("_jcstress.class")) {
                count++;
            }
        }
        assertTrue(count > 0);
        return count;
    }
}
