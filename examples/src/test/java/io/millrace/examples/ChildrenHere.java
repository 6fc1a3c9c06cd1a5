// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import java.io.IOException;

/** Whether this system and a backend have children: that takes descriptors, and a new glibc. */
final class ChildrenHere {
    private ChildrenHere() {}

    static boolean canBeStarted(LoopOptions options) throws IOException {
        EventLoop loop = EventLoop.open(options);
        try {
            ChildProcess.start(loop, ChildOptions.builder("true").build());
            return true;
        } catch (UnsupportedOperationException none) {
            return false;
        } finally {
            loop.closeAll();
        }
    }
}
