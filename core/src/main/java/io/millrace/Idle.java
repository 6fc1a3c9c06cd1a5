// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHook;

/**
 * Called every turn; while at least one is started, the loop does not wait for events: it spins, on
 * purpose. For work in small pieces between I/O; stop it when there is none left. Loop thread only.
 * Active while started.
 */
public sealed interface Idle extends Hook permits LoopHook.OfIdle {
    /** Makes a stopped hook. */
    static Idle open(EventLoop loop) {
        return LoopHook.idle((Loop) loop);
    }
}
