// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

/** A worker that has ended, or does not answer. The message is one line, why. */
public final class WorkerFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean bySignal;

    WorkerFailure(String reason, boolean bySignal) {
        super(reason);
        this.bySignal = bySignal;
    }

    /** Whether somebody has interrupted or terminated it. */
    public boolean isBySignal() {
        return bySignal;
    }
}
