// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** A program that stands in a document: compiled from there, and run as a process. */
final class WrittenProgram {
    private static final Pattern CLASS = Pattern.compile("public final class (\\w+)");
    private static final long HANG_SECONDS = 60;

    private final Path directory;
    private final String source;
    private final String name;

    WrittenProgram(Path directory, String source) {
        this.directory = directory;
        this.source = source;
        Matcher named = CLASS.matcher(source);
        assertTrue(named.find(), source);
        name = named.group(1);
    }

    /** All blocks of code in {@code language} of a page. */
    static List<String> blocks(Path page, String language) throws IOException {
        Matcher block =
                Pattern.compile("(?s)```" + language + "\n(.*?)```")
                        .matcher(Files.readString(page));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        assertFalse(blocks.isEmpty(), page + " has no block of " + language);
        return blocks;
    }

    String name() {
        return name;
    }

    /** Without a warning. */
    WrittenProgram compile() throws IOException {
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                messages,
                                messages,
                                "-Xlint:all,-classfile",
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                directory.toString(),
                                file.toString());
        assertEquals("0 ", status + " " + messages.toString(StandardCharsets.UTF_8));
        return this;
    }

    Process start(String... arguments) throws IOException {
        return startOn("nio", arguments);
    }

    Process startOn(String backend, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.add("-Dmillrace.backend=" + backend);
        command.add("-cp");
        command.add(directory + File.pathSeparator + System.getProperty("java.class.path"));
        command.add(name);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    /** Runs it to its end, which must be a good one, and answers what it said. */
    String run(String... arguments) throws Exception {
        Process process = start(arguments);
        boolean ended = process.waitFor(HANG_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertTrue(ended, () -> "hangs: " + name + ", after: " + output());
        assertEquals(0, process.exitValue(), this::output);
        return output();
    }

    /** What the last process has said so far, on either stream. */
    String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            return "no output: " + e;
        }
    }
}
