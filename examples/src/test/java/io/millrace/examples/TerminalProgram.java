// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.Timer;
import io.millrace.process.Terminal;
import java.io.IOException;
import java.time.Duration;

/** A process that makes its terminal raw, and ends in one way or another without a close. */
final class TerminalProgram {
    static final int STATUS = 7;

    private static final Duration LONG = Duration.ofMinutes(2);

    private TerminalProgram() {}

    public static void main(String[] arguments) throws IOException {
        EventLoop loop = EventLoop.open();
        Terminal terminal = Terminal.open(loop, 0);
        terminal.mode(Terminal.Mode.RAW);
        System.out.println("ready");
        System.out.flush();
        terminal.read(
                (from, chunk) -> {
                    switch (arguments[0]) {
                        case "exit" -> System.exit(STATUS);
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
}
