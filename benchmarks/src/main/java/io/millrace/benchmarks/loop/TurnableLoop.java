// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.loop;

import java.io.IOException;

/** A loop whose turns are taken by the thread that opened it. */
public interface TurnableLoop extends AutoCloseable {
    /** Looks for events and tasks without waiting. */
    void turn() throws IOException;

    @Override
    void close() throws IOException;
}
