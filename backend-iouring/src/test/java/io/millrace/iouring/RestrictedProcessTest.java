// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.testkit.contract.BackendUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Child processes in which rings are forbidden or scarce, as containers and limits do it. */
class RestrictedProcessTest {
    private static final long DEADLINE_SECONDS = 120;

    @TempDir Path directory;

    @BeforeEach
    void assumeUsable() {
        BackendUnderTest.named("io_uring").assumeUsable();
    }

    @Test
    void aSmallMemlockLimitMeansEpollAndIsNamed() throws Exception {
        String said = runLimited(64, "auto", 1);
        assertTrue(said.startsWith("epoll: "), said);
        assertTrue(said.contains("io_uring: RLIMIT_MEMLOCK"), said);
        assertTrue(said.contains("65536 bytes"), said);
        assertTrue(said.contains("ulimit -l"), said);
    }

    @Test
    void aSmallMemlockLimitMeansARefusalWhenNothingElseWasAskedFor() throws Exception {
        String said = runLimited(64, "io_uring", 1);
        assertTrue(said.startsWith("refused: "), said);
        assertTrue(said.contains("RLIMIT_MEMLOCK"), said);
    }

    @Test
    void eightMebibytesLockedAreEnoughForThirtyTwoLoops() throws Exception {
        assertTrue(runLimited(8192, "io_uring", 32).startsWith("io_uring: "));
    }

    @Test
    void aSeccompFilterMeansEpollAndIsNamed() throws Exception {
        String said = run(List.of(), RestrictedLoop.FORBID_RINGS, "auto", "1");
        assertTrue(said.startsWith("epoll: "), said);
        assertTrue(said.contains("io_uring: a seccomp filter forbids it"), said);
        assertTrue(said.contains("--security-opt seccomp="), said);
    }

    /** Runs a child that may lock so many KiB, without the capability to exceed that. */
    private String runLimited(int kibibytes, String backend, int loops) throws Exception {
        List<String> prefix =
                new ArrayList<>(List.of("sh", "-c", "ulimit -l " + kibibytes + " && exec \"$@\""));
        prefix.add("limited");
        if (HostFacts.read(Path.of("/proc")).unlimitedMemlock()) {
            Path setpriv = Path.of("/usr/bin/setpriv");
            assumeTrue(Files.isExecutable(setpriv), "needs setpriv to drop CAP_IPC_LOCK");
            prefix.addAll(
                    List.of(
                            setpriv.toString(),
                            "--bounding-set=-ipc_lock",
                            "--inh-caps=-ipc_lock",
                            "--"));
        }
        return run(prefix, RestrictedLoop.ALLOW_RINGS, backend, Integer.toString(loops));
    }

    /** Answers what {@link RestrictedLoop} printed. */
    private String run(List<String> prefix, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.add(RestrictedLoop.class.getName());
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Process child =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
        try {
            assertTrue(child.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "the child hangs");
        } finally {
            child.destroyForcibly();
        }
        assertEquals(0, child.exitValue(), () -> read(errors));
        return read(output);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
