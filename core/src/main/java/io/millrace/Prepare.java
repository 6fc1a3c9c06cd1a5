// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHook;

/**
 * Called every turn, right before the loop waits for events. Loop thread only. Active while
 * started.
 */
public sealed interface Prepare extends Hook permits LoopHook.OfPrepare {
    /** Makes a stopped hook. */
    static Prepare open(EventLoop loop) {
        return LoopHook.prepare((Loop) loop);
    }
}
