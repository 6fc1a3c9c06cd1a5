// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.DescriptorWatch;
import io.millrace.IoException;
import io.millrace.WatchHandler;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.nio.channels.SelectableChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link DescriptorWatch}. */
public final class LoopWatch extends LoopHandle implements DescriptorWatch, WatchSink {
    /** Descriptors and channels that are watched, so that none is twice, whatever the kernel. */
    private static final LoopPart<Map<Object, LoopWatch>> WATCHED =
            new LoopPart<>(loop -> new HashMap<>());

    private final Object target;
    private final WatchEngine engine;
    private @Nullable WatchPort port;
    private @Nullable WatchHandler handler;
    private int events;

    private LoopWatch(Loop loop, Object target, WatchEngine engine) {
        super(loop);
        this.target = target;
        this.engine = engine;
    }

    public static LoopWatch open(Loop loop, int descriptor) throws IoException {
        Objects.requireNonNull(loop, "loop");
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
        return open(loop, descriptor, (engine, watch) -> engine.watch(descriptor, watch));
    }

    public static LoopWatch open(Loop loop, SelectableChannel channel) throws IoException {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(channel, "channel");
        if (channel.isOpen() && channel.isBlocking()) {
            throw new IllegalArgumentException(
                    channel + " is in blocking mode; configureBlocking(false) first");
        }
        return open(loop, channel, (engine, watch) -> engine.watch(channel, watch));
    }

    private static LoopWatch open(Loop loop, Object target, Opening opening) throws IoException {
        LoopWatch watch = new LoopWatch(loop, target, engineOf(loop));
        Map<Object, LoopWatch> watched = loop.part(WATCHED);
        if (watched.containsKey(target)) {
            throw Failures.because(
                    Code.EXISTS,
                    "watch",
                    watch.subject() + " is watched by this loop already; duplicate it, see dup(2)",
                    null);
        }
        try {
            watch.port = opening.open(watch.engine, watch);
        } catch (IoException failure) {
            throw watch.failure(failure.code(), failure);
        } catch (UnsupportedOperationException other) {
            throw new UnsupportedOperationException(
                    "backend " + loop.backend().name() + ": " + other.getMessage(), other);
        }
        watched.put(target, watch);
        watch.join();
        return watch;
    }

    private static WatchEngine engineOf(Loop loop) {
        loop.check("watch");
        loop.ensureOpen();
        WatchEngine engine = loop.driver.watches();
        if (engine == null) {
            throw new UnsupportedOperationException(
                    "backend "
                            + loop.backend().name()
                            + " watches neither descriptors nor channels");
        }
        return engine;
    }

    /** Which of the two an engine is asked for. */
    private interface Opening {
        WatchPort open(WatchEngine engine, LoopWatch watch) throws IoException;
    }

    @Override
    public void start(int events, WatchHandler handler) {
        ensureOpen("start");
        Objects.requireNonNull(handler, "handler");
        if (events == 0 || (events & ~WatchEngine.ALL) != 0) {
            throw new IllegalArgumentException(
                    "events: the sum of some of READABLE, WRITABLE, HANGUP and PRIORITY, not "
                            + events);
        }
        int unknown = events & ~engine.events();
        if (unknown != 0) {
            throw new UnsupportedOperationException(
                    "backend " + loop().backend().name() + " does not tell of " + names(unknown));
        }
        this.handler = handler;
        this.events = events;
        port().await(events);
        setActive(true);
    }

    @Override
    public void stop() {
        loop().check("stop");
        if (events != 0) {
            events = 0;
            port().await(0);
            setActive(false);
        }
    }

    @Override
    public int events() {
        loop().check("events");
        return events;
    }

    private WatchPort port() {
        return Objects.requireNonNull(port);
    }

    @Override
    public void onReady(int ready) {
        WatchHandler current = handler;
        if (current == null || !isOpen() || events == 0) {
            return;
        }
        CallbackGuard guard = loop().guard;
        long began = guard.begins();
        try {
            current.onReady(this, ready);
        } catch (Throwable failure) {
            guard.failed(this, failure);
        }
        guard.ended(began);
    }

    @Override
    public void onFailed(int code) {
        WatchHandler current = handler;
        if (current == null || !isOpen()) {
            return;
        }
        events = 0;
        setActive(false);
        loop().guard.run(this, () -> current.onFailure(this, failure(code, null)));
    }

    @Override
    public void onClosed() {
        released();
    }

    @Override
    public void startClosing() {
        events = 0;
        loop().part(WATCHED).remove(target);
        port().close();
    }

    private IoException failure(int code, @Nullable Throwable cause) {
        String why =
                switch (code) {
                    case Code.BAD_DESCRIPTOR -> "it is not open, or was closed by somebody";
                    case Code.NOT_PERMITTED ->
                            "it is a file, or of another kind that is always ready";
                    default -> Code.describe(code);
                };
        return IoException.withMessage(
                code,
                "watch",
                null,
                null,
                0,
                "watch " + subject() + ": " + Code.name(code) + ": " + why,
                cause);
    }

    private String subject() {
        return target instanceof Integer ? "descriptor " + target : target.toString();
    }

    private static String names(int events) {
        StringJoiner names = new StringJoiner(" and ");
        if ((events & HANGUP) != 0) {
            names.add("HANGUP");
        }
        if ((events & PRIORITY) != 0) {
            names.add("PRIORITY");
        }
        return names.toString();
    }

    @Override
    public String details() {
        return " " + subject();
    }
}
