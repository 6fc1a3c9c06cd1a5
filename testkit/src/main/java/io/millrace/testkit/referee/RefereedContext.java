// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.LoopContext;

/** Watches that a driver ends its waits: each one that may block, and one before any sink. */
final class RefereedContext implements LoopContext {
    private final Referee referee;
    private final LoopContext context;
    private boolean waiting;
    private int waitsEnded;

    RefereedContext(Referee referee, LoopContext context) {
        this.referee = referee;
        this.context = context;
    }

    void pollBegins() {
        waitsEnded = 0;
    }

    /** Whether this poll has had its wait, so that sinks may be called. */
    boolean hasWaited() {
        return waitsEnded > 0 && !waiting;
    }

    @Override
    public long nanoTime() {
        return context.nanoTime();
    }

    @Override
    public void waitBegins() {
        if (waiting) {
            throw referee.foul("waitBegins twice");
        }
        waiting = true;
        context.waitBegins();
    }

    @Override
    public void waitEnded(int events) {
        if (events < 0) {
            throw referee.foul("waitEnded with " + events + " events");
        }
        waiting = false;
        waitsEnded++;
        context.waitEnded(events);
    }

    @Override
    public void countSystemCalls(int calls) {
        context.countSystemCalls(calls);
    }

    @Override
    public void chunksReturned() {
        context.chunksReturned();
    }

    @Override
    public void memoryRefused() {
        context.memoryRefused();
    }

    @Override
    public void failed(Throwable failure) {
        context.failed(failure);
    }
}
