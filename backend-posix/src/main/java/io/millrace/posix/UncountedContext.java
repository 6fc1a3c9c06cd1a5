// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.LoopContext;

/** For a poller that is tried out without a loop. */
final class UncountedContext implements LoopContext {
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void waitBegins() {}

    @Override
    public void waitEnded(int events) {}

    @Override
    public void countSystemCalls(int calls) {}

    @Override
    public void chunksReturned() {}
}
