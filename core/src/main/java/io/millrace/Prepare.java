// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Objects;

/**
 * Called every turn, right before the loop waits for events. Loop thread only. Active while
 * started.
 */
public final class Prepare extends Hook {
    private Prepare(EventLoop loop) {
        super(loop, Objects.requireNonNull(loop, "loop").prepares);
    }

    /** Makes a stopped hook. */
    public static Prepare open(EventLoop loop) {
        return new Prepare(loop);
    }
}
