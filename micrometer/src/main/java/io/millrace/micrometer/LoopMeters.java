// SPDX-License-Identifier: Apache-2.0
package io.millrace.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopMetrics;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Puts what {@link EventLoop#metrics} counts into a registry, for each loop with its number and
 * backend as tags {@code loop} and {@code backend}:
 *
 * <pre>{@code
 * new LoopMeters(group).bindTo(registry);
 * }</pre>
 *
 * <p>Counters: {@code millrace.loop.turns}, {@code .events}, {@code .events.waiting}, {@code .idle}
 * in seconds, {@code .stalls}, {@code .received} and {@code .sent} in bytes, {@code .system.calls}.
 * Gauge: {@code millrace.loop.callback.longest}, in the registry's unit of time, 0 unless callbacks
 * are timed. A registry asks from a thread of its own, and no loop does anything for that.
 * Registries hold loops weakly: meters of a loop that nobody has any more end by themselves. Any
 * thread, any number of registries.
 */
public final class LoopMeters implements MeterBinder {
    private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<EventLoop> loops;
    private final Tags tags;

    /** All loops of a group, numbered from 0 in the order of {@link EventLoopGroup#loops}. */
    public LoopMeters(EventLoopGroup group) {
        this(group, Tags.empty());
    }

    /**
     * The same, with tags that tell this group's loops from those of others.
     *
     * @param tags named neither "loop" nor "backend"
     */
    public LoopMeters(EventLoopGroup group, Iterable<Tag> tags) {
        this(Objects.requireNonNull(group, "group").loops(), tags);
    }

    /**
     * These loops, numbered from 0 in their order.
     *
     * @param tags named neither "loop" nor "backend"
     */
    public LoopMeters(List<EventLoop> loops, Iterable<Tag> tags) {
        this.loops = List.copyOf(Objects.requireNonNull(loops, "loops"));
        this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
        for (Tag tag : this.tags) {
            if (tag.getKey().equals("loop") || tag.getKey().equals("backend")) {
                throw new IllegalArgumentException(
                        "the tag " + tag.getKey() + " is set for each loop; choose another name");
            }
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        for (int i = 0; i < loops.size(); i++) {
            EventLoop loop = loops.get(i);
            bind(
                    registry,
                    loop,
                    tags.and("loop", String.valueOf(i), "backend", loop.backend().name()));
        }
    }

    private static void bind(MeterRegistry registry, EventLoop loop, Tags tags) {
        counter(registry, loop, tags, "turns", "passes of the loop", LoopMetrics::turns);
        counter(registry, loop, tags, "events", "what the kernel reported", LoopMetrics::events);
        counter(
                registry,
                loop,
                tags,
                "events.waiting",
                "events that were found without a wait",
                LoopMetrics::eventsAlreadyWaiting);
        counter(
                registry,
                loop,
                tags,
                "stalls",
                "turns that took longer than stall-millis",
                LoopMetrics::stalls);
        counter(
                registry,
                loop,
                tags,
                "system.calls",
                "system calls of the backend, as far as it knows them",
                LoopMetrics::systemCalls);
        bytes(registry, loop, tags, "received", LoopMetrics::bytesReceived);
        bytes(registry, loop, tags, "sent", LoopMetrics::bytesSent);
        FunctionCounter.builder(
                        name("idle"), loop, each -> each.metrics().idleNanos() / NANOS_A_SECOND)
                .description("time spent waiting: what is left of a second is load")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
        TimeGauge.builder(
                        name("callback.longest"),
                        loop,
                        TimeUnit.NANOSECONDS,
                        each -> each.metrics().longestCallbackNanos())
                .description("the longest single callback, if callbacks are timed")
                .tags(tags)
                .register(registry);
    }

    private static void counter(
            MeterRegistry registry,
            EventLoop loop,
            Tags tags,
            String name,
            String description,
            ToLongFunction<LoopMetrics> count) {
        FunctionCounter.builder(name(name), loop, each -> count.applyAsLong(each.metrics()))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static void bytes(
            MeterRegistry registry,
            EventLoop loop,
            Tags tags,
            String name,
            ToLongFunction<LoopMetrics> count) {
        FunctionCounter.builder(name(name), loop, each -> count.applyAsLong(each.metrics()))
                .description("bytes " + name + " by streams")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
    }

    private static String name(String meter) {
        return "millrace.loop." + meter;
    }
}
