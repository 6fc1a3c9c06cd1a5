// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One loop of a group, with the thread that opens, runs and closes it.
 *
 * <p>When the loop ends although nobody has closed the group, it takes its listeners, connections
 * and tasks with it, and says so: a loop that is half there would keep clients waiting for ever.
 */
final class GroupMember {
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Loop loop;
    private final Thread thread;

    private GroupMember(Loop loop, Thread thread) {
        this.loop = loop;
        this.thread = thread;
    }

    static GroupMember start(LoopOptions options, ThreadFactory threads) throws IoException {
        CompletableFuture<Loop> opened = new CompletableFuture<>();
        Thread thread = threads.newThread(() -> live(options, opened));
        if (VirtualThreads.isVirtual(thread)) {
            throw new IllegalArgumentException(
                    "a loop waits in the kernel, and on a virtual thread it would keep a processor"
                            + " from all others; give the group platform threads");
        }
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

    Loop loop() {
        return loop;
    }

    void stop() {
        loop.requestStop();
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

    private static void live(LoopOptions options, CompletableFuture<Loop> opened) {
        Loop loop;
        try {
            loop = Loop.open(options);
            loop.joinGroup();
        } catch (Throwable failure) {
            opened.completeExceptionally(failure);
            return;
        }
        opened.complete(loop);
        try {
            loop.run();
            // Once more for what came while the group was being closed.
            loop.run(RunMode.NOWAIT);
            loop.leaveGroup();
            loop.closeInOrder();
        } catch (Throwable failure) {
            end(loop, failure);
        }
    }

    /**
     * Without memory it is tried until there is some: a thread that ended by that would leave
     * listeners behind, whose clients wait for ever.
     */
    private static void end(Loop loop, Throwable reason) {
        while (true) {
            try {
                loop.letGo();
                loop.guard.ended(loop, reason);
                return;
            } catch (OutOfMemoryError scarce) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }
}
