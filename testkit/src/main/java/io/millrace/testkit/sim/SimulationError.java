// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

/**
 * A simulated run went wrong in a way that no result shows: a deadlock, a livelock, or a call that
 * the boundary forbids. An {@code Error}, so that no handler of I/O failures takes it for one.
 */
public final class SimulationError extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationError(String message, SimWorld world) {
        super(message + " [" + world.replayHint() + "]");
    }
}
