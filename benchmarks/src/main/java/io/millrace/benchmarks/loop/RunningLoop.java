// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.loop;

/** A loop that runs on a thread of its own. Any thread. */
public interface RunningLoop extends AutoCloseable {
    /** Runs the task on the loop's thread, in order of the calls. */
    void execute(Runnable task);

    /** Ends the loop, and waits for its thread. */
    @Override
    void close();
}
