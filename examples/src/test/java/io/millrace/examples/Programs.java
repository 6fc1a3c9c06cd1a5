// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Other people's programs as peers. One that is not installed skips the test, with that as the
 * reason, unless {@code millrace.required.programs} has it.
 */
final class Programs {
    private static final long HANG_SECONDS = 60;

    /** A program that has ended. */
    record Outcome(int status, String output) {}

    private Programs() {}

    static Outcome run(List<String> command, String input) throws Exception {
        ensureInstalled(command.get(0));
        Path output = Files.createTempFile("millrace", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            try (var pipe = process.getOutputStream()) {
                pipe.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(HANG_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail("hangs: " + command + ", after: " + Files.readString(output));
            }
            return new Outcome(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    static void ensureInstalled(String program) throws IOException {
        String path = System.getenv("PATH");
        boolean installed =
                path != null
                        && Arrays.stream(path.split(File.pathSeparator))
                                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        if (installed) {
            return;
        }
        String required = System.getProperty("millrace.required.programs", "");
        if (List.of(required.split(",")).contains(program)) {
            fail(program + " is required, but not installed");
        }
        abort(program + " is not installed");
    }
}
