// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.EventLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A pseudo-terminal driven by other people's programs: script(1), expect(1), stty, kill. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "each system has a script(1) of its own")
class TerminalPeersTest {
    private static final long HANG_SECONDS = 60;

    @TempDir private Path directory;
    private Path log;
    private Path shown;
    private Process driver;
    private OutputStream keyboard;

    @BeforeEach
    void needDescriptors() throws IOException {
        try (EventLoop loop = EventLoop.open()) {
            assumeTrue(!loop.backend().name().equals("nio"), "a backend with descriptors");
        }
        log = directory.resolve("log");
        shown = directory.resolve("shown");
    }

    @AfterEach
    void end() throws IOException {
        if (driver != null) {
            driver.destroyForcibly();
            keyboard.close();
        }
        if (Files.exists(log) && log().startsWith("ready ")) {
            ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private List<String> program(String... signals) {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                // Whatever this process was started to ignore, as by nohup(1).
                                "env",
                                "--default-signal=HUP,INT,TERM",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath,
                                TerminalPeer.class.getName(),
                                log.toString()));
        command.addAll(List.of(signals));
        return command;
    }

    /** Within one word of sh and of Tcl alike. */
    private static String quoted(List<String> words) {
        return "'" + String.join("' '", words) + "'";
    }

    private void drive(List<String> command) throws IOException {
        Programs.ensureInstalled(command.get(0));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(shown.toFile());
        // Which script(1) takes; any other may know less than sh does.
        builder.environment().put("SHELL", "/bin/sh");
        driver = builder.start();
        keyboard = driver.getOutputStream();
    }

    /** The shell's own end is what script answers. */
    private void script(String shell) throws IOException {
        drive(List.of("script", "-q", "-e", "-f", "-c", shell, "/dev/null"));
    }

    private void type(String text) throws IOException {
        keyboard.write(text.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    private String log() throws IOException {
        return Files.readString(log);
    }

    private void await(String text) throws Exception {
        Await.until(
                text + " is told",
                () -> Files.exists(log) && log().lines().anyMatch(each -> each.startsWith(text)));
    }

    private long pid() throws IOException {
        return Long.parseLong(log().lines().findFirst().orElseThrow().substring(6));
    }

    private void kill(String signal, long pid) throws Exception {
        assertEquals(
                new Programs.Outcome(0, ""),
                Programs.run(List.of("kill", "-" + signal, "" + pid), ""));
    }

    private String endOfDriver() throws Exception {
        assertTrue(driver.waitFor(HANG_SECONDS, TimeUnit.SECONDS), () -> "hangs: " + shown());
        return shown();
    }

    private String shown() {
        try {
            return Files.readString(shown);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    /** What stty said before, and what it says now. */
    private void assertAsItWas(String output) {
        List<String> modes =
                output.lines().filter(each -> each.matches("[0-9a-f]+(:[0-9a-f]+)+")).toList();
        assertEquals(2, modes.size(), output);
        assertEquals(modes.get(0), modes.get(1), output);
    }

    private String withStty(List<String> command) {
        // The shell is in the foreground as well, and dash ends by an INT that its child got.
        return "trap : INT; stty -g; " + quoted(command) + "; echo status $?; stty -g";
    }

    @Test
    void scriptTypesLinesAndKeysAndChangesTheSize() throws Exception {
        script(withStty(program("INT")));
        await("ready");
        type("abd\u007fc\n");
        await("line abc");
        type("\u0003");
        await("signal INT");
        type("resize\n");
        await("size 132x43");
        type("raw\n");
        await("mode RAW");
        type("\u0003\u001a");
        await("byte 3");
        await("byte 26");
        type("l");
        await("mode LINE");
        type("again\n");
        await("line again");
        type("raw\n");
        Await.until("raw again", () -> log().split("mode RAW", -1).length == 3);
        type("x");
        String output = endOfDriver();
        assertAsItWas(output);
        assertTrue(output.contains("status " + TerminalPeer.STATUS), output);
        assertEquals(1, log().lines().filter("signal INT"::equals).count(), log());
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "HUP, 129", "INT, 130"})
    void whatKillEndsLeavesTheTerminalAsItWas(String signal, int status) throws Exception {
        script(withStty(program()));
        await("ready");
        type("raw\n");
        await("mode RAW");
        kill(signal, pid());
        String output = endOfDriver();
        assertAsItWas(output);
        assertTrue(output.contains("status " + status), output);
    }

    /**
     * It was stopped, and goes on behind a shell, which has set the terminal for itself by then, as
     * those do that people type to, or leaves it as it is.
     */
    @ParameterizedTest
    @CsvSource({"stty -g, true", "stty -echo, stty sane && stty -g"})
    void whatIsInTheBackgroundIsNotStoppedByItsOwnEnd(String first, String then) throws Exception {
        script(
                String.join(
                        "; ",
                        "set -m",
                        first,
                        quoted(program()),
                        then,
                        "bg",
                        "kill -TERM %1",
                        "wait %1",
                        "echo status $?",
                        "stty -g"));
        await("ready");
        type("raw\n");
        await("mode RAW");
        kill("STOP", pid());
        String output = endOfDriver();
        assertAsItWas(output);
        assertTrue(output.contains("status 143"), output);
    }

    /** Its screen is gone with script, its session with the shell: that is a HUP to who is left. */
    @ParameterizedTest
    @ValueSource(strings = {"script", "sh"})
    void whoseTerminalIsKilledEndsItself(String killed) throws Exception {
        script(withStty(program()));
        await("ready");
        type("raw\n");
        await("mode RAW");
        ProcessHandle shell = ProcessHandle.of(pid()).flatMap(ProcessHandle::parent).orElseThrow();
        kill("KILL", killed.equals("sh") ? shell.pid() : driver.pid());
        Await.until("it ends", () -> hasEnded(pid()));
        assertTrue(driver.waitFor(HANG_SECONDS, TimeUnit.SECONDS), () -> "hangs: " + shown());
    }

    @Test
    void whoDoesNotEndOnHupIsToldOfTheEndOnce() throws Exception {
        script("exec " + quoted(program("HUP")));
        await("ready");
        type("raw\n");
        await("mode RAW");
        kill("KILL", driver.pid());
        await("signal HUP");
        Await.until("the end is told", () -> ends() > 0);
        assertTrue(!hasEnded(pid()), log());
        kill("TERM", pid());
        Await.until("it ends", () -> hasEnded(pid()));
        assertEquals(1, ends(), log());
    }

    private long ends() throws IOException {
        return log().lines().filter(each -> each.equals("the end") || each.equals("EIO")).count();
    }

    /** Whoever takes its parent's place may never ask for its status. */
    private static boolean hasEnded(long pid) {
        try {
            String status = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return status.substring(status.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException noneAnyMore) {
            // ESRCH if it went between the opening and the reading.
            return !Files.exists(Path.of("/proc/" + pid));
        }
    }

    @Test
    void expectDrivesIt() throws Exception {
        String text =
                """
                log_user 1
                set timeout 60
                proc need {what} {
                    expect {
                        -ex $what {}
                        timeout { puts "no $what"; exit 1 }
                        eof { puts "ended before $what"; exit 1 }
                    }
                }
                proc mode {} {
                    global spawn_out
                    return [exec stty -g < $spawn_out(slave,name)]
                }
                spawn -noecho sh -c PROGRAM
                set before [mode]
                need "ready"
                send "one\\177e\\r"
                need "line one"
                exec stty rows 43 columns 132 < $spawn_out(slave,name)
                need "size 132x43"
                send "raw\\r"
                need "mode RAW"
                if {[mode] eq $before} { puts "is not raw"; exit 1 }
                send "\\003"
                need "byte 3"
                send "x"
                need "status 7"
                if {[mode] ne $before} { puts "stays raw"; exit 1 }
                send "\\r"
                expect eof
                puts "as expected"
                """;
        Path file = directory.resolve("file.exp");
        String shell = quoted(program()) + "; echo status $?; read line";
        Files.writeString(file, text.replace("PROGRAM", "{" + shell + "}"));
        drive(List.of("expect", file.toString()));
        String output = endOfDriver();
        assertTrue(output.contains("as expected"), output);
        assertEquals(0, driver.exitValue(), output);
    }
}
