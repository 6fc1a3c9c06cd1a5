// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The child process of {@link RestrictedProcessTest}: opens loops and says which backend they got
 * and why, or why there is none.
 */
final class RestrictedLoop {
    static final String ALLOW_RINGS = "allow";
    static final String FORBID_RINGS = "forbid";

    private RestrictedLoop() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals(FORBID_RINGS)) {
            SeccompFilter.refuseRings();
        }
        Deque<EventLoop> loops = new ArrayDeque<>();
        try {
            for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                EventLoop loop =
                        EventLoop.open(LoopOptions.builder().backend(arguments[1]).build());
                loop.run(RunMode.NOWAIT);
                loops.push(loop);
            }
            EventLoop last = loops.element();
            System.out.println(last.backend().name() + ": " + last.backend().reason());
        } catch (IoException refusal) {
            System.out.println("refused: " + refusal.getMessage());
        } finally {
            loops.forEach(EventLoop::close);
        }
    }
}
