// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

/**
 * Ctrl-C, or SIGTERM: what was measured stands as it is, all processes end, and the tables are
 * shown. The virtual machine itself then ends with 130 or 143.
 */
final class Interruption {
    private final Results results;
    private final Runnable show;
    private final Thread hook = new Thread(this::interrupt, "processes-interrupted");

    Interruption(Results results, Runnable show) {
        this.results = results;
        this.show = show;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** From here on an end of this process is no interruption. */
    void disarm() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It has begun, and will show what there is.
        }
    }

    private void interrupt() {
        results.freeze();
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        show.run();
    }
}
