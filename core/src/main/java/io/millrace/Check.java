// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHook;

/**
 * Called every turn, right after the events of a turn were handled: the place for what follows a
 * batch of I/O. Loop thread only. Active while started.
 */
public sealed interface Check extends Hook permits LoopHook.OfCheck {
    /** Makes a stopped hook. */
    static Check open(EventLoop loop) {
        return LoopHook.check((Loop) loop);
    }
}
