// SPDX-License-Identifier: Apache-2.0
package io.millrace.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each target for a bounded number of inputs, from what is known to be worth trying. */
class FuzzTest {
    private static final int RUNS = 10_000;

    /** Each is most of a handshake by the JDK, which takes milliseconds: a few seconds of them. */
    private static final int RUNS_OF_TLS = 300;

    private static final int HANG_SECONDS = 300;
    private static final Path SOURCES = Path.of("src/main/java");

    @TempDir Path directory;

    static Stream<String> targets() throws Exception {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files
                    .map(file -> SOURCES.relativize(file).toString())
                    .filter(name -> name.endsWith("Fuzz.java"))
                    .map(name -> name.replace(".java", "").replace('/', '.'))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingIsFound(String target) throws Exception {
        int runs = target.startsWith("io.millrace.tls.") ? RUNS_OF_TLS : RUNS;
        Path log = directory.resolve("log");
        Path inputs = Files.createDirectory(directory.resolve("inputs"));
        Path known = Path.of("inputs", target.substring(target.lastIndexOf('.') + 1));
        Process jazzer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+EnableDynamicAgentLoading",
                                "-Xmx256m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "com.code_intelligence.jazzer.Jazzer",
                                "--target_class=" + target,
                                "--instrumentation_includes=io.millrace.**",
                                "--reproducer_path=" + directory,
                                "-artifact_prefix=" + directory + "/",
                                "-runs=" + runs,
                                "-seed=1",
                                inputs.toString(),
                                known.toAbsolutePath().toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended = jazzer.waitFor(HANG_SECONDS, TimeUnit.SECONDS);
        jazzer.destroyForcibly();
        String said = Files.readString(log);
        assertTrue(ended, said);
        assertEquals(0, jazzer.exitValue(), said);
        assertTrue(Pattern.compile("Done " + runs + " runs").matcher(said).find(), said);
    }
}
