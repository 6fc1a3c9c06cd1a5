// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.LoopContext;

/** A loop that only counts, for tests that drive a driver by hand. */
class NullContext implements LoopContext {
    int waits;
    int systemCalls;
    int chunksReturned;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void waitBegins() {
        waits++;
    }

    @Override
    public void waitEnded(int events) {}

    @Override
    public void countSystemCalls(int calls) {
        systemCalls += calls;
    }

    @Override
    public void chunksReturned() {
        chunksReturned++;
    }
}
