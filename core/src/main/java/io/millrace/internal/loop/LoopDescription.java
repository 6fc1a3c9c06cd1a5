// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.LoopMetrics;
import java.util.concurrent.TimeUnit;

/**
 * A loop's state as text for a person, from whichever thread: what it is doing, what waits in it,
 * its handles.
 *
 * <p>Another thread than the loop's sees what it sees: each line is read without a lock, and may be
 * of a moment other than the next. So whatever fails by that is said in place of its line.
 */
final class LoopDescription {
    /** More than this many handles are only counted. */
    private static final int MOST_HANDLES = 1_000;

    private final StringBuilder text = new StringBuilder();
    private final Loop loop;

    private LoopDescription(Loop loop) {
        this.loop = loop;
    }

    static String of(Loop loop) {
        return new LoopDescription(loop).describe();
    }

    private String describe() {
        Thread thread = loop.thread();
        text.append(loop);
        line("state", this::state);
        line("backend", () -> loop.backend().name() + ", " + loop.backend().reason());
        line("driver", loop.driver::toString);
        line("counts", this::counts);
        line("tasks", loop.tasks::toString);
        line("timers", loop.timers::toString);
        line("handles", loop.handles::toString);
        handles();
        line("thread", () -> thread.getName() + ", " + thread.getState() + stackOf(thread));
        return text.toString();
    }

    private String state() {
        if (loop.isClosed()) {
            return "closed";
        }
        if (loop.turnUnderWay() != Loop.NO_TURN) {
            return loop.inLoop() ? "in a turn, which asks this" : "in a turn";
        }
        return loop.isRunning() ? "waits for something to happen" : "is not run by any thread";
    }

    private String counts() {
        LoopMetrics metrics = loop.metrics();
        return metrics.turns()
                + " turns, "
                + metrics.events()
                + " events, idle for "
                + TimeUnit.NANOSECONDS.toMillis(metrics.idleNanos())
                + " ms, "
                + metrics.bytesReceived()
                + " bytes received and "
                + metrics.bytesSent()
                + " sent, "
                + metrics.stalls()
                + " stalls";
    }

    private void handles() {
        int shown = 0;
        for (LoopHandle each = loop.handles.first(); each != null; each = each.nextInLoop) {
            if (shown == MOST_HANDLES) {
                text.append(System.lineSeparator()).append("    and more");
                return;
            }
            shown++;
            append("    ", each::describe);
        }
    }

    private void line(String name, Part part) {
        append("  " + name + ": ", part);
    }

    private void append(String before, Part part) {
        String described;
        try {
            described = part.describe();
        } catch (RuntimeException torn) {
            described = "changes while it is looked at: " + torn;
        }
        text.append(System.lineSeparator()).append(before).append(described);
    }

    /** Where a thread is, a line for each call, the innermost first. */
    static String stackOf(Thread thread) {
        StringBuilder calls = new StringBuilder();
        for (StackTraceElement call : thread.getStackTrace()) {
            calls.append(System.lineSeparator()).append("      at ").append(call);
        }
        return calls.toString();
    }

    /** One line of it. */
    private interface Part {
        String describe();
    }
}
