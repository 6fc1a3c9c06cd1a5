// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.SignalWatch;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.ExitHandler;
import io.millrace.process.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A process that says whether it ignores the signal of its children's ends, and what it hears of
 * two children: one that is started at once, and one that ends after a watch of that signal.
 */
final class IgnoredChildrenProgram {
    private static final int CHILD_BIT = 16;

    private IgnoredChildrenProgram() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println(isIgnored() ? "ignored" : "not ignored");
        boolean isWatchFirst = arguments[0].equals("watch");
        try (EventLoop loop = EventLoop.open()) {
            SignalWatch watch = SignalWatch.open(loop, "CHLD");
            if (isWatchFirst) {
                watch.start(signal -> {});
            }
            ChildProcess.start(loop, ChildOptions.builder("sh", "-c", "read line; exit 9").build())
                    .whenComplete(
                            (child, failure) -> {
                                watch.close();
                                if (failure == null) {
                                    hear(child);
                                    Objects.requireNonNull(child.input()).close();
                                } else {
                                    System.out.println(failure);
                                }
                            });
            loop.run();
        }
        System.out.println("over");
    }

    private static boolean isIgnored() throws IOException {
        String line =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(each -> each.startsWith("SigIgn:"))
                        .findFirst()
                        .orElseThrow();
        long mask = Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).strip(), 16);
        return (mask >> CHILD_BIT & 1) != 0;
    }

    private static void hear(ChildProcess child) {
        child.onExit(
                new ExitHandler() {
                    @Override
                    public void onExit(ChildProcess same, ExitStatus status) {
                        System.out.println("ended: " + status);
                        end(same);
                    }

                    @Override
                    public void onLost(ChildProcess same, IoException failure) {
                        System.out.println("lost: " + failure.getMessage());
                        end(same);
                    }
                });
    }

    private static void end(ChildProcess child) {
        Objects.requireNonNull(child.output()).close();
        Objects.requireNonNull(child.errors()).close();
        child.close();
    }
}
