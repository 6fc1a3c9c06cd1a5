// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Accepted;
import org.jspecify.annotations.Nullable;

/** A connection between its acceptance and its adoption, by any loop of the same world. */
final class SimAccepted implements Accepted {
    private @Nullable SimSocket socket;

    SimAccepted(SimSocket socket) {
        this.socket = socket;
    }

    SimSocket take() {
        SimSocket taken = socket;
        if (taken == null) {
            throw new IllegalStateException("adopted or closed before");
        }
        socket = null;
        return taken;
    }

    @Override
    public void close() {
        if (socket != null) {
            take().close();
        }
    }
}
