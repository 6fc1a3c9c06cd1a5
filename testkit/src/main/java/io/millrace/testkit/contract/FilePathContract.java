// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which file a path opens, and what a failure is called, in processes of other locales: of those in
 * which names are no text, and of those in which errors are not in English.
 */
public abstract class FilePathContract extends ContractTest {
    private static final int DEADLINE_SECONDS = 60;

    /** As in a URI, so that any bytes can be said. Those of a pair look the same to some locale. */
    private static final List<String> NAMES =
            List.of(
                    "caf%C3%A9",
                    "caf%3F%3F",
                    "caf%EF%BF%BD%EF%BF%BD",
                    "bad%FF",
                    "bad%EF%BF%BD",
                    "bad%3F",
                    "line%0Afeed",
                    "%2541%20%2B",
                    "%20",
                    "%01%7F",
                    "%FE".repeat(255),
                    "file");

    private Path directory;

    @BeforeEach
    void makeDirectory(@TempDir Path fresh) {
        directory = fresh;
    }

    @Test
    void inTheLocaleWithoutAnyEveryNameOpensItsOwnFileAndEveryFailureHasItsName() throws Exception {
        assertTold(Map.of("LC_ALL", "C"));
    }

    @Test
    void inAnotherLanguageEveryNameOpensItsOwnFileAndEveryFailureHasItsName() throws Exception {
        assertTold(Map.of("LC_ALL", "C.UTF-8", "LANGUAGE", "de"));
    }

    private void assertTold(Map<String, String> locale) throws Exception {
        assumeReal("a process of its own");
        assumeTrue(System.getProperty("os.name").equals("Linux"), "names of any bytes are Linux's");
        makeFiles();
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        List<String> expected = expected();
        List<String> told = told(locale);
        told.forEach(expected::remove);
        assertEquals(List.of(), expected, () -> "missing in " + told);
        assertEquals(expected().size(), told.size(), () -> "more than expected: " + told);
    }

    private void makeFiles() throws IOException {
        for (String name : NAMES) {
            URI uri = URI.create(directory.toUri().toString() + name);
            Files.writeString(Path.of(uri), textOf(name), StandardCharsets.US_ASCII);
        }
    }

    /** Differs from all others, and has a length of its own. */
    private static String textOf(String name) {
        int number = NAMES.indexOf(name);
        return "file " + number + "!".repeat(number);
    }

    /** The order of a folder is anybody's guess. */
    private static List<String> expected() {
        List<String> lines = new ArrayList<>();
        for (String name : NAMES) {
            for (int i = 0; i < 2; i++) {
                lines.add("open " + textOf(name));
                lines.add("send " + textOf(name));
                lines.add("size " + textOf(name).length());
            }
        }
        for (String name : List.of("ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EISDIR")) {
            lines.add("open " + name);
            lines.add("send " + name);
        }
        lines.addAll(
                List.of(
                        "attributes ELOOP",
                        "create EEXIST",
                        "write EFBIG",
                        "open EMFILE",
                        "send EMFILE",
                        "end"));
        return lines;
    }

    private List<String> told(Map<String, String> locale) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 256 && ulimit -f 100000 && exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        absoluteClassPath(),
                        FilesProgram.class.getName(),
                        serverBackend().name(),
                        directory.toString());
        builder.directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_"));
        builder.environment().putAll(locale);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        // One that waits for ever fails the test, and does not hold it up.
        CompletableFuture.delayedExecutor(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .execute(process::destroyForcibly);
        try (var output = process.inputReader(StandardCharsets.US_ASCII)) {
            return output.lines().collect(Collectors.toList());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String absoluteClassPath() {
        String separator = System.getProperty("path.separator");
        return List.of(System.getProperty("java.class.path").split(separator)).stream()
                .map(each -> Path.of(each).toAbsolutePath().toString())
                .collect(Collectors.joining(separator));
    }
}
