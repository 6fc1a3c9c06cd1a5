// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.SignalWatch;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A process that says what its terminal tells it, and does what is typed. It says so in a file as
 * well, for when the terminal has gone.
 */
final class TerminalPeer implements ReadHandler {
    static final int STATUS = 7;

    private static final Duration LONG = Duration.ofMinutes(2);

    private final EventLoop loop;
    private final Terminal terminal;
    private final Path log;

    private TerminalPeer(EventLoop loop, Path log) throws IOException {
        this.loop = loop;
        this.log = log;
        terminal = Terminal.open(loop, 0);
    }

    /** The file, and the signals that are to be told instead of being the end. */
    public static void main(String[] arguments) throws IOException {
        EventLoop loop = EventLoop.open();
        TerminalPeer peer = new TerminalPeer(loop, Path.of(arguments[0]));
        for (int i = 1; i < arguments.length; i++) {
            SignalWatch.start(loop, arguments[i], same -> peer.say("signal " + same.signal()));
        }
        peer.begin();
        loop.run();
    }

    private void begin() throws IOException {
        terminal.onSize((same, size) -> say("size " + size.columns() + "x" + size.rows()));
        terminal.read(this);
        Timer.open(loop).start(LONG, () -> Runtime.getRuntime().halt(1));
        say("ready " + ProcessHandle.current().pid());
    }

    private void say(String line) {
        System.out.print(line + "\r\n");
        System.out.flush();
        try {
            Files.writeString(
                    log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void onRead(ByteStream stream, Chunk chunk) {
        byte[] bytes = new byte[chunk.length()];
        chunk.copyTo(0, bytes, 0, bytes.length);
        try {
            if (terminal.mode() == Terminal.Mode.RAW) {
                typed(bytes);
            } else {
                for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
                    obey(line);
                }
            }
        } catch (IOException failure) {
            say(failure.toString());
        }
    }

    private void typed(byte[] bytes) throws IOException {
        for (byte each : bytes) {
            say("byte " + each);
            if (each == 'l') {
                terminal.mode(Terminal.Mode.LINE);
                say("mode LINE");
            } else if (each == 'x') {
                System.exit(STATUS);
            }
        }
    }

    private void obey(String line) throws IOException {
        switch (line) {
            case "" -> {}
            case "raw" -> {
                terminal.mode(Terminal.Mode.RAW);
                say("mode RAW");
            }
            case "resize" ->
                    ChildProcess.start(
                            loop,
                            ChildOptions.builder("stty", "columns", "132", "rows", "43")
                                    .input(ChildEnd.inherit())
                                    .output(ChildEnd.inherit())
                                    .errors(ChildEnd.inherit())
                                    .build());
            default -> say("line " + line);
        }
    }

    @Override
    public void onEnd(ByteStream stream) {
        say("the end");
    }

    @Override
    public void onFailure(ByteStream stream, IoException failure) {
        say(failure.errorName());
    }
}
