// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.Timer;
import io.millrace.process.Pipe;
import io.millrace.process.Terminal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A process that makes its terminal raw, and most often ends without a close. */
final class TerminalProgram {
    static final int STATUS = 7;

    private static final Duration LONG = Duration.ofMinutes(2);

    private TerminalProgram() {}

    public static void main(String[] arguments) throws IOException {
        EventLoop loop = EventLoop.open();
        if (arguments[0].equals("adopt")) {
            Pipe.adopt(loop, 0);
            Files.readAllLines(Path.of("/proc/self/fdinfo/0")).forEach(System.out::println);
            System.out.flush();
            System.exit(STATUS);
        }
        Terminal terminal = Terminal.open(loop, 0);
        if (arguments[0].equals("names")) {
            tellOfNames(loop, terminal);
            return;
        }
        Terminal unread = Terminal.open(loop, 0);
        terminal.mode(Terminal.Mode.RAW);
        System.out.println("ready");
        System.out.flush();
        terminal.read(
                (from, chunk) -> {
                    switch (arguments[0]) {
                        case "exit" -> System.exit(STATUS);
                        case "late" -> {
                            Runtime.getRuntime()
                                    .addShutdownHook(new Thread(() -> askLate(loop, unread)));
                            // Not here: the loop is to go on meanwhile.
                            new Thread(() -> System.exit(STATUS)).start();
                        }
                        case "throw" -> {
                            loop.stop();
                            throw new IllegalStateException("on purpose");
                        }
                        default -> System.out.println("goes on");
                    }
                });
        Timer.open(loop).start(LONG, loop::stop);
        loop.run();
        System.out.println("main ends");
    }

    /** One terminal by two names, of which first one and then the other lets it. */
    private static void tellOfNames(EventLoop loop, Terminal terminal) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile("/dev/tty", "rw")) {
            Terminal other = Terminal.open(loop, descriptorOf("/dev/tty"));
            terminal.mode(Terminal.Mode.RAW);
            other.mode(Terminal.Mode.RAW);
            terminal.mode(Terminal.Mode.LINE);
            System.out.println("one lets it: " + mode());
            other.mode(Terminal.Mode.LINE);
            System.out.println("both let it: " + mode() + " " + file.getFD().valid());
        }
        System.out.println("over");
        loop.closeAll();
    }

    private static int descriptorOf(String path) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(each -> isLinkTo(each, path))
                    .mapToInt(each -> Integer.parseInt(each.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean isLinkTo(Path link, String path) {
        try {
            return Files.readSymbolicLink(link).toString().equals(path);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static String mode() {
        try {
            Process stty =
                    new ProcessBuilder("stty", "-a")
                            .redirectInput(ProcessBuilder.Redirect.INHERIT)
                            .redirectErrorStream(true)
                            .start();
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.contains("-icanon") ? "raw" : said.contains("icanon") ? "line" : said;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** While the virtual machine ends: once the terminal is as it was it is to stay so. */
    private static void askLate(EventLoop loop, Terminal terminal) {
        while (mode().equals("raw")) {
            Thread.onSpinWait();
        }
        CompletableFuture<String> outcome = new CompletableFuture<>();
        loop.execute(() -> outcome.complete(askedAgain(terminal)));
        System.out.println("late: " + outcome.join());
        System.out.flush();
    }

    private static String askedAgain(Terminal terminal) {
        try {
            terminal.mode(Terminal.Mode.RAW);
            return "raw again";
        } catch (IOException | IllegalStateException refusal) {
            return "" + refusal.getMessage();
        }
    }
}
