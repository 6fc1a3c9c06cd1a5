// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Objects;

/**
 * Called every turn, right after the events of a turn were handled: the place for what follows a
 * batch of I/O. Loop thread only. Active while started.
 */
public final class Check extends Hook {
    private Check(EventLoop loop) {
        super(loop, Objects.requireNonNull(loop, "loop").checks);
    }

    /** Makes a stopped hook. */
    public static Check open(EventLoop loop) {
        return new Check(loop);
    }
}
