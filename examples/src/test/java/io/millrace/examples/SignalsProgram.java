// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.SignalWatch;
import io.millrace.Timer;
import java.io.IOException;
import java.time.Duration;

/** A process that says what it does about the signal TERM. */
final class SignalsProgram {
    private static final Duration LONG = Duration.ofMinutes(2);

    private SignalsProgram() {}

    public static void main(String[] arguments) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say("hook")));
        try (EventLoop loop = EventLoop.open()) {
            Timer timer = Timer.open(loop);
            timer.start(LONG, timer::close);
            SignalWatch watch = SignalWatch.open(loop, "TERM");
            try {
                watch.start(
                        signal -> {
                            signal.close();
                            say("told");
                        });
                say("ready");
            } catch (UnsupportedOperationException refusal) {
                say(String.valueOf(refusal.getMessage()));
                loop.closeAll();
                return;
            }
            loop.run();
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
