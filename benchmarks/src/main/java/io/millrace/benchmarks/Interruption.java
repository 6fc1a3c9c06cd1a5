// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C, or SIGTERM, while something is measured: what was measured stands as it is, all processes
 * that were started end, and there is still a report. The virtual machine itself makes the exit
 * status, 130 or 143. Any thread.
 */
public final class Interruption {
    private final Runnable freeze;
    private final Runnable show;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupt, "measuring-interrupted");

    /**
     * From here on an end of this process is one.
     *
     * @param freeze takes no more results, for those of processes that are being ended are none
     * @param show what there is
     */
    public Interruption(Runnable freeze, Runnable show) {
        this.freeze = freeze;
        this.show = show;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether this process is about to end. */
    public boolean hasBegun() {
        return begun.getCount() == 0;
    }

    /** From here on an end of this process is no interruption. */
    public void disarm() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook runs, and shows what there is.
        }
    }

    private void interrupt() {
        begun.countDown();
        freeze.run();
        endMeasured();
        try {
            show.run();
        } finally {
            // One may have been started in the meantime.
            endMeasured();
        }
    }

    private static void endMeasured() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }
}
