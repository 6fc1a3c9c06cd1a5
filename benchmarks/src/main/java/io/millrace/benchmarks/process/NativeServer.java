// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The servers in C, in {@code benchmarks/native}. They are compiled when they are wanted, because
 * the build must not need a C compiler.
 */
enum NativeServer {
    EPOLL("c-epoll", "C on epoll, level-triggered, one 64 KiB buffer", "echo_epoll.c", "", "", ""),
    LIBURING(
            "c-liburing",
            "C on liburing, multishot accept and receive, ring of 1024 buffers of 16 KiB",
            "echo_uring.c",
            "uring",
            "liburing.h",
            "liburing-dev"),
    LIBUV(
            "c-libuv",
            "C on libuv, uv_try_write, then uv_write for the rest",
            "echo_libuv.c",
            "uv",
            "uv.h",
            "libuv1-dev");

    private static final String COMPILER = "gcc";
    private static final long COMPILE_SECONDS = 60;

    private final String label;
    private final String description;
    private final String source;

    /** Empty if the C library is enough. */
    private final String library;

    private final String header;
    private final String debianPackage;

    NativeServer(
            String label,
            String description,
            String source,
            String library,
            String header,
            String debianPackage) {
        this.label = label;
        this.description = description;
        this.source = source;
        this.library = library;
        this.header = header;
        this.debianPackage = debianPackage;
    }

    String label() {
        return label;
    }

    String description() {
        return description;
    }

    /** Compiles it, or says what is missing. */
    Candidate build(Path sources, Path target) throws IOException {
        return build(COMPILER, sources, target);
    }

    Candidate build(String compiler, Path sources, Path target) throws IOException {
        Path file = sources.resolve(source);
        if (!Files.exists(file)) {
            return Candidate.unusable(label, description, "its source is not at " + file);
        }
        Files.createDirectories(target);
        Path program = target.resolve(label);
        String problem = compile(command(compiler, file, program));
        return problem == null
                ? new Candidate(
                        label, description, List.of(program.toString()), Integer.MAX_VALUE, null)
                : Candidate.unusable(label, description, problem);
    }

    private List<String> command(String compiler, Path file, Path program) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                compiler,
                                "-O2",
                                "-std=gnu11",
                                "-o",
                                program.toString(),
                                file.toString()));
        if (!library.isEmpty()) {
            command.add("-l" + library);
        }
        return command;
    }

    private @Nullable String compile(List<String> command) throws IOException {
        Path log = Files.createTempFile("millrace-compiler", ".log");
        try {
            return compile(command, log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while compiling " + source, e);
        } finally {
            Files.delete(log);
        }
    }

    private @Nullable String compile(List<String> command, Path log)
            throws IOException, InterruptedException {
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
        } catch (IOException e) {
            return "there is no " + command.get(0) + "; on Debian: apt-get install gcc libc6-dev";
        }
        if (!process.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return "compiling it took more than " + COMPILE_SECONDS + " s";
        }
        return process.exitValue() == 0
                ? null
                : problem(Files.readString(log, StandardCharsets.UTF_8));
    }

    private String problem(String said) {
        boolean lacks =
                said.contains(header + ": No such file")
                        || said.contains("cannot find -l" + library);
        if (lacks && !library.isEmpty()) {
            return "its library is not installed; on Debian: apt-get install " + debianPackage;
        }
        if (said.contains("No such file or directory") && said.contains(".h")) {
            return "the C library's headers are missing; on Debian: apt-get install libc6-dev";
        }
        String error =
                said.lines()
                        .filter(line -> line.contains("error:"))
                        .findFirst()
                        .orElse(said.strip());
        return "it does not compile: " + error;
    }
}
