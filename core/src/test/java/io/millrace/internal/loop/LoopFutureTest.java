// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Stages of set-up operations: waiting on the loop fails fast, tampering has no effect. */
class LoopFutureTest {
    @Test
    void waitingOnTheLoopsOwnThreadFailsAtOnceInEveryForm() throws Exception {
        try (EventLoop loop = EventLoop.open()) {
            LoopFuture<String> future = new LoopFuture<>((Loop) loop);
            assertThrows(IllegalStateException.class, future::join);
            assertThrows(IllegalStateException.class, future::get);
            assertThrows(IllegalStateException.class, () -> future.get(1, TimeUnit.DAYS));
            CompletionStage<String> derived = future.thenApply(String::strip);
            assertThrows(IllegalStateException.class, () -> derived.toCompletableFuture().join());
            future.complete("done");
            assertEquals("done", future.join());
        }
    }

    @Test
    void aFailureIsTheSameToWhoeverIsHandedTheStage() throws Exception {
        try (EventLoop loop = EventLoop.open()) {
            LoopFuture<String> future = new LoopFuture<>((Loop) loop);
            CompletableFuture<String> copy = future.toCompletableFuture();
            Throwable failure = new IllegalStateException("on purpose");
            future.completeExceptionally(failure);
            assertEquals(failure, future.handle((result, thrown) -> thrown).join());
            assertEquals(failure, copy.handle((result, thrown) -> thrown).join());
            CompletableFuture<String> late = future.toCompletableFuture();
            assertEquals(failure, late.handle((result, thrown) -> thrown).join());
        }
    }

    @Test
    void completingTheCopyDoesNotCompleteTheOperation() throws Exception {
        try (EventLoop loop = EventLoop.open()) {
            LoopFuture<String> future = new LoopFuture<>((Loop) loop);
            CompletableFuture<String> copy = future.toCompletableFuture();
            copy.complete("forged");
            assertFalse(future.isDone());
            future.complete("true");
            assertTrue(future.isDone());
            assertEquals("true", future.toCompletableFuture().join());
        }
    }
}
