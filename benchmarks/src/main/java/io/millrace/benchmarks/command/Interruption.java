// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.TextReport;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or SIGTERM: the measured process ends with this one, and what was measured is shown. The
 * virtual machine itself makes the exit status, 130 or 143.
 */
final class Interruption {
    /** A terminal signals the measured process too, which may so be seen to end before we do. */
    private static final long LATENESS_SECONDS = 2;

    private static final String KILLED_BY_SIGNAL = "forked VM failed with exit code 1(30|43).*";

    private final Session session;
    private final PrintStream output;
    private final PrintStream errors;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupt, "bench-interrupted");

    Interruption(Session session, PrintStream output, PrintStream errors) {
        this.session = session;
        this.output = output;
        this.errors = errors;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether this process is about to end. */
    boolean hasBegun() {
        return begun.getCount() == 0;
    }

    /** Whether a failed run has failed only because this process is about to end. */
    boolean explains(String failure) {
        if (!failure.matches(KILLED_BY_SIGNAL)) {
            return hasBegun();
        }
        try {
            return begun.await(LATENESS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** From here on the run is over. */
    void disarm() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook runs, and finds the session closed.
        }
    }

    private static void endMeasured() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    private void interrupt() {
        begun.countDown();
        endMeasured();
        errors.println();
        try {
            session.close("interrupted after " + session.progress());
            output.print(TextReport.of(session.sections()));
            output.flush();
            errors.println(
                    "millrace: interrupted after "
                            + session.progress()
                            + "; report: "
                            + session.directory().page());
        } catch (IOException e) {
            errors.println("millrace: interrupted, and no report could be written: " + e);
        } finally {
            // One may have been started in the meantime.
            endMeasured();
        }
    }
}
