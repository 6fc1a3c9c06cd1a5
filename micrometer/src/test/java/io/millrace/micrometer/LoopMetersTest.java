// SPDX-License-Identifier: Apache-2.0
package io.millrace.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopMetrics;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a registry sees of loops. */
class LoopMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void everyCountOfALoopIsAMeter() throws Exception {
        LoopOptions options = LoopOptions.builder().backend("nio").timeCallbacks(true).build();
        EventLoop loop = EventLoop.open(options);
        new LoopMeters(List.of(loop), Tags.of("server", "echo")).bindTo(registry);
        runUntilItHasWaited(loop);

        LoopMetrics metrics = loop.metrics();
        assertTrue(metrics.turns() > 0 && metrics.idleNanos() > 0);
        assertEquals(metrics.turns(), counter("turns"));
        assertEquals(metrics.events(), counter("events"));
        assertEquals(metrics.eventsAlreadyWaiting(), counter("events.waiting"));
        assertEquals(metrics.stalls(), counter("stalls"));
        assertEquals(metrics.systemCalls(), counter("system.calls"));
        assertEquals(metrics.bytesReceived(), counter("received"));
        assertEquals(metrics.bytesSent(), counter("sent"));
        assertEquals(metrics.idleNanos() / 1e9, counter("idle"));
        TimeGauge longest =
                registry.get("millrace.loop.callback.longest")
                        .tags("server", "echo", "loop", "0", "backend", "nio")
                        .timeGauge();
        assertEquals(metrics.longestCallbackNanos(), longest.value(TimeUnit.NANOSECONDS), 1);
        loop.close();
    }

    /** What ends the wait comes when the loop was seen to wait, and not before. */
    private static void runUntilItHasWaited(EventLoop loop) throws Exception {
        Timer timer = Timer.open(loop);
        timer.start(Duration.ofDays(1), () -> {});
        Thread waker =
                new Thread(
                        () -> {
                            while (loop.metrics().idleNanos() == 0) {
                                Thread.yield();
                            }
                            loop.execute(timer::close);
                        });
        waker.start();
        loop.run(RunMode.DEFAULT);
        waker.join();
    }

    @Test
    void theLoopsOfAGroupAreNumbered() throws Exception {
        LoopOptions options = LoopOptions.builder().backend("nio").build();
        try (EventLoopGroup group = EventLoopGroup.open(2, options)) {
            new LoopMeters(group).bindTo(registry);
            for (String number : List.of("0", "1")) {
                FunctionCounter turns =
                        registry.get("millrace.loop.turns")
                                .tags("loop", number, "backend", "nio")
                                .functionCounter();
                assertTrue(turns.count() >= 0);
            }
            assertEquals(2, registry.get("millrace.loop.turns").functionCounters().size());
        }
    }

    @Test
    void tagsThatEachLoopHasAreRefused() {
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new LoopMeters(List.of(), Tags.of("loop", "mine")));
        assertTrue(String.valueOf(refusal.getMessage()).contains("the tag loop"));
    }

    private double counter(String name) {
        return registry.get("millrace.loop." + name)
                .tags("server", "echo", "loop", "0", "backend", "nio")
                .functionCounter()
                .count();
    }
}
