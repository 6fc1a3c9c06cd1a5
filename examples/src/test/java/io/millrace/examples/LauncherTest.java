// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launcher script in a clone of its own, with a java and a mvn that only say how they were
 * called.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class LauncherTest {
    private static final long HANG_SECONDS = 60;

    private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir private Path directory;
    private Path clone;
    private Path source;

    private final List<Process> started = new ArrayList<>();

    private record Outcome(int status, String output, String errors) {}

    @BeforeEach
    void makeClone() throws IOException {
        clone = Files.createDirectories(directory.resolve("a clone"));
        source = clone.resolve("examples/src/main/java/Source.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "class Source {}");
        Files.writeString(clone.resolve("pom.xml"), "<project/>");
        Files.writeString(clone.resolve("examples/pom.xml"), "<project/>");
        Files.copy(launcher(), clone.resolve("millrace"));
        try (Stream<Path> files = Files.walk(clone)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
            }
        }
        tool("mvn", "echo mvn in $PWD; exit ${MVN_STATUS-0}");
        java(17);
    }

    @AfterEach
    void endAll() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void showsUsageAndFailsWithoutACommandOrWithAnUnknownOne() throws Exception {
        Outcome none = run(Map.of());
        Outcome unknown = run(Map.of(), "nonsense");

        assertEquals(2, none.status());
        assertTrue(none.errors().startsWith("usage: millrace COMMAND"), none.errors());
        assertEquals(2, unknown.status());
        assertTrue(unknown.errors().startsWith("millrace: no such command: nonsense\nusage: "));
        assertEquals("", none.output() + unknown.output());
    }

    @ParameterizedTest
    @CsvSource({
        "docter, doctor",
        "ECHO, echo",
        "ehco, echo",
        "htp, http",
        "bnech, bench",
        "srve, serve",
        "folow, follow",
        "xyzzy,",
        "'*',",
        "'',"
    })
    void aCommandThatIsMisspeltIsToldWithTheNearest(String word, String meant) throws Exception {
        Outcome outcome = run(Map.of(), word);

        assertEquals(2, outcome.status());
        String hint = meant == null ? "" : "; did you mean " + meant + "?";
        String first = outcome.errors().lines().findFirst().orElse("");
        if (!word.isEmpty()) {
            assertEquals("millrace: no such command: " + word + hint, first);
        }
        assertTrue(outcome.errors().contains("usage: millrace COMMAND"), outcome.errors());
    }

    @Test
    void showsUsageWhenAsked() throws Exception {
        Outcome outcome = run(Map.of(), "help");

        assertEquals(0, outcome.status());
        assertTrue(outcome.output().startsWith("usage: millrace COMMAND"), outcome.output());
        assertEquals("", outcome.errors());
    }

    @Test
    void runsTheProgramOfEachCommandWithItsOptions() throws Exception {
        assertRuns("io.millrace.examples.Doctor", "doctor");
        assertRuns(
                "io.millrace.examples.EchoServer --port 7 --loops 2",
                "echo",
                "--port",
                "7",
                "--loops",
                "2");
        assertRuns("io.millrace.examples.HttpServer an option", "http", "an option");
        assertRuns("io.millrace.examples.FileServer", "files");
        assertRuns("io.millrace.examples.ServeDirectory . --port 1", "serve", ".", "--port", "1");
        assertRuns("io.millrace.examples.Follow a file", "follow", "a file");
        assertRuns("io.millrace.examples.ProxyServer", "proxy");
        assertRuns("io.millrace.examples.ChatServer", "chat");
        assertRuns("io.millrace.examples.DnsServer", "dns");
        assertRuns("io.millrace.examples.RunServer -- ls -l", "run", "--", "ls", "-l");
    }

    @Test
    void runsTheBenchFromItsJar() throws Exception {
        Outcome outcome = run(Map.of(), "bench", "--jmh", "-f 3");

        String jar = root() + "/benchmarks/target/benchmarks.jar";
        assertEquals(
                "java -cp " + jar + " io.millrace.benchmarks.command.Bench --jmh -f 3\n",
                outcome.output());
        assertEquals("millrace: building benchmarks\nmvn in " + root() + "\n", outcome.errors());
    }

    @Test
    void theBenchOfProcessesIsAProgramOfItsOwn() throws Exception {
        Outcome outcome = run(Map.of(), "bench", "--processes", "--list");

        String jar = root() + "/benchmarks/target/benchmarks.jar";
        assertEquals(
                "java -cp " + jar + " io.millrace.benchmarks.process.ProcessBench --list\n",
                outcome.output());
    }

    @Test
    void buildsWhenThereIsNoBuild() throws Exception {
        assertTrue(builds());
        assertFalse(builds());
    }

    @Test
    void buildsAfterASourceChanged() throws Exception {
        builds();
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(HANG_SECONDS)));
        assertTrue(builds());
    }

    @Test
    void buildsAfterASourceWasDeleted() throws Exception {
        builds();
        Path built = clone.resolve("examples/target/millrace.built");
        Files.setLastModifiedTime(built, FileTime.from(LONG_AGO.plusSeconds(1)));
        assertFalse(builds());
        Files.delete(source);
        assertTrue(builds());
    }

    @Test
    void keepsTheNoiseOfTheBuildFromTheProgramsOutput() throws Exception {
        Outcome outcome = run(Map.of(), "doctor");

        assertEquals("millrace: building examples\nmvn in " + root() + "\n", outcome.errors());
    }

    @Test
    void failsWithTheBuildAndTriesAgainNextTime() throws Exception {
        Outcome outcome = run(Map.of("MVN_STATUS", "1"), "doctor");

        assertEquals(1, outcome.status());
        assertTrue(outcome.errors().endsWith("millrace: the build failed\n"), outcome.errors());
        assertEquals("", outcome.output());
        assertTrue(builds());
    }

    /** Whatever Maven may be by now: a script, a virtual machine, and what that has started. */
    @Test
    void aSignalDuringTheBuildEndsAllOfMaven() throws Exception {
        for (String signal : isHangUpIgnored() ? List.of("TERM") : List.of("TERM", "HUP")) {
            Path pids = directory.resolve("pids" + signal);
            tool("mvn", "sleep 1000 & sleep 1000 & echo $$ $! >" + pids + "; wait");
            Process launcher = start("errors", "doctor");
            await(() -> Files.exists(pids) && Files.size(pids) > 0, launcher);
            List<ProcessHandle> processes = launcher.descendants().toList();
            assertTrue(processes.size() >= 3, processes::toString);

            kill(signal, launcher);

            assertTrue(launcher.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "the launcher hangs");
            assertEquals(128 + (signal.equals("TERM") ? 15 : 1), launcher.exitValue());
            for (ProcessHandle process : processes) {
                process.onExit().get(HANG_SECONDS, TimeUnit.SECONDS);
            }
            assertTrue(errors("errors").endsWith("millrace: stopping the build\n"));
            tool("mvn", "echo mvn in $PWD");
            Outcome next = run(Map.of(), "doctor");
            assertEquals("millrace: building examples\nmvn in " + root() + "\n", next.errors());
            Files.delete(clone.resolve("examples/target/millrace.built"));
        }
    }

    /** As below nohup(1): what is ignored when a shell begins it can neither hear nor pass on. */
    private static boolean isHangUpIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16) % 2 != 0);
    }

    @Test
    void whoWaitsForABuildSaysSoAndForWhom() throws Exception {
        Path begun = directory.resolve("begun");
        Path go = directory.resolve("go");
        tool("mvn", "touch " + begun + "; while [ ! -e " + go + " ]; do sleep 0.1; done");
        Process first = start("first", "doctor");
        await(() -> Files.exists(begun), first);
        long maven =
                first.children()
                        .filter(each -> each.info().commandLine().orElse("").contains("bin/mvn"))
                        .findFirst()
                        .orElseThrow()
                        .pid();

        Process second = start("second", "doctor");
        await(() -> errors("second").endsWith("\n"), second);

        assertEquals(
                "millrace: waiting for process " + maven + ", Maven, which builds examples\n",
                errors("second"));
        Files.createFile(go);
        assertTrue(first.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "the first hangs");
        assertTrue(second.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "the second hangs");
        assertEquals(0, second.exitValue());
        assertEquals(1, errors("second").lines().count(), "it builds no more: " + errors("second"));
    }

    /** Who waits can be told to stop, too, and does not stay behind. */
    @Test
    void whoWaitsEndsWhenTold() throws Exception {
        Path begun = directory.resolve("begun");
        tool("mvn", "touch " + begun + "; exec sleep 1000");
        Process first = start("first", "doctor");
        await(() -> Files.exists(begun), first);
        Process second = start("second", "doctor");
        await(() -> errors("second").endsWith("\n"), second);

        second.destroy();

        assertTrue(second.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
        assertTrue(first.isAlive());
        first.destroy();
        assertTrue(first.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "the launcher hangs");
    }

    @Test
    void showsModulesDownloadsAndFailuresAndKeepsTheRest() throws Exception {
        tool(
                "mvn",
                """
                cat <<'END'
                [INFO] Scanning for projects...
                Downloading from central: https://repo.maven.apache.org/maven2/a.pom
                Downloaded from central: https://repo.maven.apache.org/maven2/a.pom (1 kB)
                Downloaded from central: https://repo.maven.apache.org/maven2/a.jar (1 kB)
                [INFO] ------------------< io.millrace:millrace-core >------------------
                [INFO] Building Millrace Core 0.1.0-SNAPSHOT                       [3/9]
                [INFO]   from core/pom.xml
                [WARNING] something old
                [ERROR] it does not \\compile
                  here
                END
                exit 1
                """);
        Outcome outcome = run(Map.of(), "doctor");

        Path log = root().resolve("target/millrace.log");
        assertEquals(
                """
                millrace: building examples
                millrace:   downloading what the build needs
                millrace:   Millrace Core [3/9]
                [ERROR] it does not \\compile
                  here
                millrace: %s has all that Maven said
                millrace: the build failed
                """
                        .formatted(log),
                outcome.errors());
        assertTrue(Files.readString(log).contains("[WARNING] something old\n"));
    }

    @Test
    void buildsWithoutTheChecks() throws Exception {
        tool("mvn", "echo mvn \"$@\"");

        assertEquals(
                """
                millrace: building examples
                mvn -B -P unchecked -pl examples -am package
                """,
                run(Map.of(), "doctor").errors());
    }

    @Test
    void allowsNativeAccessWhereJavaAsksForIt() throws Exception {
        java(23);
        assertFalse(run(Map.of(), "doctor").output().contains("native"));
        java(24);
        assertTrue(
                run(Map.of(), "doctor")
                        .output()
                        .startsWith("java --enable-native-access=ALL-UNNAMED -cp "));
    }

    @Test
    void passesJavaOptions() throws Exception {
        Outcome outcome = run(Map.of("JAVA_OPTS", "-Xmx64m -Da=b"), "doctor");

        assertTrue(outcome.output().startsWith("java -Xmx64m -Da=b -cp "), outcome.output());
    }

    @Test
    void takesJavaFromJavaHome() throws Exception {
        Path home = directory.resolve("jdk");
        Path bin = Files.createDirectories(home.resolve("bin"));
        Files.move(directory.resolve("bin/java"), bin.resolve("java"));
        tool("java", "echo the wrong java");

        Outcome outcome = run(Map.of("JAVA_HOME", home.toString()), "doctor");

        assertTrue(outcome.output().startsWith("java -cp "), outcome.output());
    }

    @Test
    void saysWhatIsWrongWithJava() throws Exception {
        assertEquals(
                "millrace: JAVA_HOME is /nowhere, but there is no bin/java in it\n",
                run(Map.of("JAVA_HOME", "/nowhere"), "doctor").errors());
        java(11);
        Outcome old = run(Map.of(), "doctor");
        assertTrue(old.errors().endsWith(" is Java 11; 17 is needed\n"), old.errors());
        assertEquals(1, old.status());
    }

    @Test
    void worksThroughASymbolicLinkFromAnywhere() throws Exception {
        Path first = Files.createSymbolicLink(clone.resolve("link"), Path.of("millrace"));
        Path second = Files.createSymbolicLink(directory.resolve("link"), first);

        Outcome outcome = run(second, Map.of(), "doctor");

        assertTrue(outcome.output().contains(root() + "/examples/target/classes"));
    }

    static Path launcher() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("millrace"))) {
            here = here.getParent();
        }
        return here.resolve("millrace");
    }

    private void java(int version) throws IOException {
        tool(
                "java",
                """
                if [ "$1" = -version ]; then
                    echo 'openjdk version "%d.0.1" 2026-01-01' >&2
                else
                    echo java "$@"
                fi
                """
                        .formatted(version));
    }

    private void tool(String name, String script) throws IOException {
        Path file = Files.createDirectories(directory.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void assertRuns(String program, String... command) throws Exception {
        Outcome outcome = run(Map.of(), command);

        String target = root() + "/examples/target";
        String classPath = target + "/lib/*:" + target + "/classes";
        assertEquals("java -cp " + classPath + " " + program + "\n", outcome.output());
        assertEquals(0, outcome.status());
    }

    private boolean builds() throws Exception {
        return run(Map.of(), "doctor").errors().contains("mvn in ");
    }

    private Outcome run(Map<String, String> environment, String... command) throws Exception {
        return run(clone.resolve("millrace"), environment, command);
    }

    private Outcome run(Path script, Map<String, String> environment, String... command)
            throws Exception {
        Process process = start(script, environment, "errors", command);
        assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "the launcher hangs");
        String output = Files.readString(directory.resolve("output-errors"));
        return new Outcome(process.exitValue(), output, errors("errors"));
    }

    private Process start(String errors, String... command) throws IOException {
        Process process = start(clone.resolve("millrace"), Map.of(), errors, command);
        started.add(process);
        return process;
    }

    private String errors(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    private static void kill(String signal, Process process) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                        .start()
                        .waitFor());
    }

    private static void await(Await.Condition condition, Process process) throws Exception {
        Await.until("it has come that far", () -> condition.holds() || !process.isAlive());
        assertTrue(condition.holds(), "it ended before");
    }

    private Process start(
            Path script, Map<String, String> environment, String errorFile, String... command)
            throws IOException {
        List<String> line = new ArrayList<>(List.of("/bin/sh", script.toString()));
        line.addAll(List.of(command));
        Path output = directory.resolve("output-" + errorFile);
        Path errors = directory.resolve(errorFile);
        ProcessBuilder builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "JAVA_OPTS"));
        builder.environment().put("PATH", directory.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Path root() throws IOException {
        return clone.toRealPath();
    }
}
