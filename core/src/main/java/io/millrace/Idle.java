// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Objects;

/**
 * Called every turn; while at least one is started, the loop does not wait for events: it spins, on
 * purpose. For work in small pieces between I/O; stop it when there is none left. Loop thread only.
 * Active while started.
 */
public final class Idle extends Hook {
    private Idle(EventLoop loop) {
        super(loop, Objects.requireNonNull(loop, "loop").idles);
    }

    /** Makes a stopped hook. */
    public static Idle open(EventLoop loop) {
        return new Idle(loop);
    }
}
