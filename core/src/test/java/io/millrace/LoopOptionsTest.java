// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a loop can be told, what it refuses, and what it measures when it is told to. */
class LoopOptionsTest {
    @Test
    void whatCannotBeIsRefused() {
        LoopOptions.Builder builder = LoopOptions.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.chunks(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> builder.chunks(0, -1));
        assertThrows(NullPointerException.class, () -> EventLoop.open(nothing()));
        assertThrows(NullPointerException.class, () -> builder.provider(nothing()));
        assertThrows(NullPointerException.class, () -> builder.backend("nio", nothing()));
        assertThrows(NullPointerException.class, () -> builder.uncaughtHandler(nothing()));
        assertThrows(NullPointerException.class, () -> builder.workExecutor(nothing()));
        assertThrows(NullPointerException.class, () -> builder.clock(nothing()));
    }

    /** What a caller without a checker may pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @Test
    void theLongestCallbackIsMeasuredOnlyWhenAskedFor() throws Exception {
        assertEquals(0, longestAfter(false, 5, 2));
        assertEquals(5, longestAfter(true, 5, 2));
    }

    private static long longestAfter(boolean timed, long... nanos) throws Exception {
        AtomicLong clock = new AtomicLong(1);
        LoopOptions options = LoopOptions.builder().clock(clock::get).timeCallbacks(timed).build();
        try (EventLoop loop = EventLoop.open(options)) {
            for (long each : nanos) {
                loop.execute(() -> clock.addAndGet(each));
            }
            loop.run(RunMode.NOWAIT);
            return loop.metrics().longestCallbackNanos();
        }
    }

    @Test
    void waitingIsIdleTimeAlsoWhileItLasts() throws Exception {
        EventLoop loop = EventLoop.open();
        Wakeup whileOpen = Wakeup.open(loop);
        long[] seen = new long[1];
        Thread observer =
                new Thread(
                        () -> {
                            while (loop.metrics().idleNanos() == 0) {
                                Thread.onSpinWait();
                            }
                            seen[0] = loop.metrics().idleNanos();
                            loop.execute(whileOpen::close);
                        });
        observer.start();
        loop.run();
        observer.join();
        assertTrue(seen[0] > 0);
        assertTrue(loop.metrics().idleNanos() >= seen[0]);
        assertTrue(loop.metrics().turns() > 0);
        loop.close();
    }

    /** A name that is null among others changes nothing of what was asked for before. */
    @Test
    void aNullIsNamed() {
        LoopOptions.Builder builder = LoopOptions.builder().backend("nio");
        assertNames("name", () -> builder.backend((String) null));
        assertNames("name", () -> builder.backend("epoll", null));
        assertNames("names", () -> builder.backend((String[]) null));
        assertNames("name", () -> builder.property(null, ""));
        assertNames("value", () -> builder.property("name", null));
        assertNames("provider", () -> builder.provider(null));
        assertNames("handler", () -> builder.uncaughtHandler(null));
        assertNames("executor", () -> builder.workExecutor(null));
        assertNames("nanoTime", () -> builder.clock(null));
        assertEquals(java.util.List.of("nio"), builder.build().backends());
    }

    private static void assertNames(String parameter, Runnable call) {
        assertEquals(parameter, assertThrows(NullPointerException.class, call::run).getMessage());
    }
}
