// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;

/** One loop of a group, with the thread that opens, runs and closes it. */
final class GroupMember {
    private final EventLoop loop;
    private final Thread thread;

    private GroupMember(EventLoop loop, Thread thread) {
        this.loop = loop;
        this.thread = thread;
    }

    static GroupMember start(LoopOptions options, ThreadFactory threads) throws IoException {
        CompletableFuture<EventLoop> opened = new CompletableFuture<>();
        Thread thread = threads.newThread(() -> live(options, opened));
        thread.start();
        try {
            return new GroupMember(opened.join(), thread);
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof IoException failure) {
                throw failure;
            }
            throw failed;
        }
    }

    EventLoop loop() {
        return loop;
    }

    void stop() {
        loop.stop();
    }

    void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void live(LoopOptions options, CompletableFuture<EventLoop> opened) {
        EventLoop loop;
        Wakeup whileOpen;
        try {
            loop = EventLoop.open(options);
            whileOpen = Wakeup.open(loop);
        } catch (Throwable failure) {
            opened.completeExceptionally(failure);
            return;
        }
        opened.complete(loop);
        try {
            loop.run();
            loop.closeAll();
        } catch (Throwable failure) {
            loop.guard.failed(whileOpen, failure);
            giveUp(loop);
        }
    }

    /** The engine has failed: its sockets can still be closed, and later tasks be refused. */
    private static void giveUp(EventLoop loop) {
        try {
            loop.closeAll();
        } catch (Throwable again) {
            // It is the failure that has just been reported.
            loop.release();
        }
    }
}
