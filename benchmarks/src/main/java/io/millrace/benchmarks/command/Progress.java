// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import java.io.PrintStream;
import java.util.Locale;

/** Says how far a run is, and how long it will still take: as planned, but at the pace so far. */
final class Progress {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int SECONDS_PER_MINUTE = 60;

    /** Before that, the pace is that of the plan. */
    private static final double SETTLED_SECONDS = 20;

    private final PrintStream output;
    private final int pieces;
    private final long startNanos = System.nanoTime();
    private double plannedLeft;
    private double plannedDone;
    private int number;

    Progress(PrintStream output, Plan plan) {
        this.output = output;
        pieces = plan.pieces().size();
        plannedLeft = plan.seconds();
    }

    double elapsedSeconds() {
        return (System.nanoTime() - startNanos) / (double) NANOS_PER_SECOND;
    }

    double secondsLeft() {
        double pace = plannedDone < SETTLED_SECONDS ? 1 : elapsedSeconds() / plannedDone;
        return plannedLeft * pace;
    }

    void begin(Piece piece) {
        number++;
        String where = piece.figure().title();
        output.printf(
                Locale.ROOT,
                "[%d/%d] %s left: %s: %s … ",
                number,
                pieces,
                time(secondsLeft()),
                where,
                piece.subject());
        output.flush();
    }

    void end(Piece piece, String outcome) {
        plannedLeft -= piece.seconds();
        plannedDone += piece.seconds();
        output.println(outcome);
    }

    /** Minutes and seconds. */
    static String time(double seconds) {
        long whole = Math.round(seconds);
        return String.format(
                Locale.ROOT, "%d:%02d", whole / SECONDS_PER_MINUTE, whole % SECONDS_PER_MINUTE);
    }
}
