// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * When native code is loaded, and what happens when it cannot be: each in a process of its own,
 * with every backend on the class path.
 */
class NativeLoadingTest {
    private static final long HANG_SECONDS = 60;

    @TempDir private Path directory;

    private record Outcome(int status, String output, List<String> loadedClasses) {
        boolean loadedNativeBindings() {
            return loadedClasses.stream()
                    .anyMatch(line -> line.contains(" jnr.") || line.contains(" com.kenai.jffi."));
        }
    }

    @Test
    void aProcessOnNioNeverLoadsAJnrClass() throws Exception {
        Outcome outcome = run(classPath(), "-Dmillrace.backend=nio");
        assertEquals("nio echoed", outcome.output());
        assertEquals(0, outcome.status());
        assertTrue(outcome.loadedClasses().size() > 400, "the log is complete");
        assertFalse(outcome.loadedNativeBindings());
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "poll runs natively on Linux only so far")
    void aProcessOnPollLoadsThemSoTheTestAboveLooksForTheRightThing() throws Exception {
        Outcome outcome = run(classPath(), "-Dmillrace.backend=poll");
        assertEquals("poll echoed", outcome.output());
        assertTrue(outcome.loadedNativeBindings());
    }

    @Test
    void withoutJnrOnTheClassPathNioIsChosen() throws Exception {
        String withoutJnr =
                Arrays.stream(classPath().split(File.pathSeparator))
                        .filter(entry -> !entry.contains("jnr") && !entry.contains("jffi"))
                        .collect(Collectors.joining(File.pathSeparator));
        Outcome outcome = run(withoutJnr, "-Dmillrace.backend=auto");
        assertEquals("nio echoed", outcome.output());
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the reason is the system")
    void withoutJnrANamedBackendSaysWhatIsMissing() throws Exception {
        String withoutJnr =
                Arrays.stream(classPath().split(File.pathSeparator))
                        .filter(entry -> !entry.contains("jnr-ffi"))
                        .collect(Collectors.joining(File.pathSeparator));
        Outcome outcome = run(withoutJnr, "-Dmillrace.backend=epoll");
        assertEquals(1, outcome.status());
        assertTrue(
                outcome.output().contains("epoll: native calls through jnr-ffi are not possible"),
                outcome.output());
        assertTrue(outcome.output().contains("What would work here: nio."), outcome.output());
    }

    @Test
    void aNativeLibraryThatCannotBeExtractedIsAReasonToChooseNio() throws Exception {
        Path nowhere = directory.resolve("not-a-directory");
        Files.createFile(nowhere);
        Outcome outcome =
                run(
                        classPath(),
                        "-Dmillrace.backend=auto",
                        "-Djffi.extract.dir=" + nowhere,
                        "-Djava.io.tmpdir=" + nowhere);
        assertEquals("nio echoed", outcome.output());
    }

    /** What lies in the current directory may be anybody's, and would run as this process. */
    @Test
    void theNativeLibraryIsNeverPutIntoTheCurrentDirectory() throws Exception {
        Path nowhere = Files.createFile(directory.resolve("not-a-directory"));
        Path current = Files.createDirectory(directory.resolve("current"));
        Outcome outcome =
                runIn(
                        current,
                        classPath(),
                        "-Dmillrace.backend=poll",
                        "-Djava.io.tmpdir=" + nowhere);
        assertEquals(1, outcome.status());
        assertTrue(outcome.output().contains("jffi's library is put into " + nowhere));
        assertTrue(outcome.output().contains("-Dmillrace.native.directory=DIRECTORY"));
        try (Stream<Path> left = Files.list(current)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "poll runs natively on Linux only so far")
    void whereTheNativeLibraryIsPutCanBeSet() throws Exception {
        Path nowhere = Files.createFile(directory.resolve("not-a-directory"));
        Path current = Files.createDirectory(directory.resolve("current"));
        Path set = Files.createDirectory(directory.resolve("set"));
        Outcome outcome =
                runIn(
                        current,
                        classPath(),
                        "-Dmillrace.backend=poll",
                        "-Dmillrace.native.directory=" + set,
                        "-Djava.io.tmpdir=" + nowhere);
        assertEquals("poll echoed", outcome.output());
    }

    @Test
    void deniedNativeAccessIsAReasonToChooseNio() throws Exception {
        assumeTrue(Runtime.version().feature() >= 24, "--illegal-native-access came with JDK 24");
        Outcome outcome =
                run(classPath(), "-Dmillrace.backend=auto", "--illegal-native-access=deny");
        assertEquals("nio echoed", outcome.output());
    }

    private Outcome run(String classPath, String... options) throws Exception {
        return runIn(directory, classPath, options);
    }

    private Outcome runIn(Path current, String classPath, String... options) throws Exception {
        Path log = directory.resolve("classes.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-Xlog:class+load:file=" + log);
        command.addAll(List.of("-cp", classPath, EchoOnce.class.getName()));
        Path output = directory.resolve("output");
        Process process =
                new ProcessBuilder(command)
                        .directory(current.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), lastLine(output), Files.readAllLines(log));
    }

    /** Before it the virtual machine may have warned. */
    private static String lastLine(Path output) throws IOException {
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    /** Surefire hides the real one behind a jar with a manifest. */
    private static String classPath() {
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
