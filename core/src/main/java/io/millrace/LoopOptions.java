// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.file.AsyncFile;
import io.millrace.spi.BackendProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a loop is to be made. Immutable; {@link #builder} makes one, {@link #DEFAULT} is what {@link
 * EventLoop#open()} uses.
 */
public final class LoopOptions {
    /** What a builder begins with. */
    public static final LoopOptions DEFAULT = builder().build();

    /** How many receive buffers a loop has at most: as many as io_uring can be offered. */
    public static final int MOST_CHUNKS = 32_768;

    /** How large one is at most: more than any socket holds. */
    public static final int MOST_CHUNK_BYTES = 1 << 30;

    private final List<String> backends;
    private final @Nullable BackendProvider provider;
    private final int chunkCount;
    private final int chunkBytes;
    private final Map<String, String> properties;
    private final UncaughtHandler uncaughtHandler;
    private final boolean timeCallbacks;
    private final @Nullable Executor workExecutor;
    private final LongSupplier clock;

    private LoopOptions(Builder builder) {
        backends = List.copyOf(builder.backends);
        provider = builder.provider;
        chunkCount = builder.chunkCount;
        chunkBytes = builder.chunkBytes;
        properties = Map.copyOf(builder.properties);
        uncaughtHandler = builder.uncaughtHandler;
        timeCallbacks = builder.timeCallbacks;
        workExecutor = builder.workExecutor;
        clock = builder.clock;
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#backend}; empty if the settings of the process decide. */
    public List<String> backends() {
        return backends;
    }

    /** See {@link Builder#provider}. */
    public @Nullable BackendProvider provider() {
        return provider;
    }

    /** See {@link Builder#chunks}; 0 for the backend's own. */
    public int chunkCount() {
        return chunkCount;
    }

    /** See {@link Builder#chunks}; 0 for the backend's own. */
    public int chunkBytes() {
        return chunkBytes;
    }

    /** See {@link Builder#property}. */
    public Map<String, String> properties() {
        return properties;
    }

    /** See {@link Builder#uncaughtHandler}. */
    public UncaughtHandler uncaughtHandler() {
        return uncaughtHandler;
    }

    /** See {@link Builder#timeCallbacks}. */
    public boolean timeCallbacks() {
        return timeCallbacks;
    }

    /** See {@link Builder#workExecutor}; null for the threads that all such loops share. */
    public @Nullable Executor workExecutor() {
        return workExecutor;
    }

    /** See {@link Builder#clock}. */
    public LongSupplier clock() {
        return clock;
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private final List<String> backends = new ArrayList<>();
        private final Map<String, String> properties = new HashMap<>();
        private @Nullable BackendProvider provider;
        private int chunkCount;
        private int chunkBytes;
        private UncaughtHandler uncaughtHandler = UncaughtHandler.LOGGING;
        private boolean timeCallbacks;
        private @Nullable Executor workExecutor;
        private LongSupplier clock = System::nanoTime;

        private Builder() {}

        /**
         * Which backends to use, best first, as in {@code millrace.backend}: the first one that can
         * run here is taken, {@code auto} stands for all others. Goes before the system property
         * and the environment; without names, these decide. Opening a loop refuses names that do
         * not exist, with the nearest one that does.
         */
        public Builder backend(String... names) {
            List<String> wanted = new ArrayList<>();
            for (String name : Objects.requireNonNull(names, "names")) {
                wanted.add(Objects.requireNonNull(name, "name"));
            }
            backends.clear();
            backends.addAll(wanted);
            return this;
        }

        /**
         * Uses this backend and no choice at all: for backends of one's own, and for simulations.
         */
        public Builder provider(BackendProvider provider) {
            this.provider = Objects.requireNonNull(provider, "provider");
            return this;
        }

        /**
         * How many receive buffers the loop has, and their size in bytes; 0 leaves it to the
         * backend. They bound what a loop receives before somebody uses it up.
         *
         * @throws IllegalArgumentException if there are more than {@value #MOST_CHUNKS}, or larger
         *     ones than {@value #MOST_CHUNK_BYTES} bytes, on whichever backend
         */
        public Builder chunks(int count, int bytes) {
            requireWithin(0, MOST_CHUNKS, count, "chunks of a loop");
            requireWithin(0, MOST_CHUNK_BYTES, bytes, "bytes of a chunk");
            chunkCount = count;
            chunkBytes = bytes;
            return this;
        }

        /**
         * A backend's own setting, such as {@code io_uring.submissions}; docs/operations.md lists
         * all. Only that backend's loops heed it, but opening any loop refuses a name that does not
         * exist, with the nearest one that does, and a value that cannot be. Of two values for a
         * name the later one counts.
         */
        public Builder property(String name, String value) {
            properties.put(
                    Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** Who hears of what callbacks throw; {@link UncaughtHandler#LOGGING} at first. */
        public Builder uncaughtHandler(UncaughtHandler handler) {
            uncaughtHandler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /**
         * Whether to measure the longest callback; off at first, as it reads the clock for each.
         */
        public Builder timeCallbacks(boolean on) {
            timeCallbacks = on;
            return this;
        }

        /**
         * Where {@link EventLoop#work} runs tasks, and {@link AsyncFile}s their operations if the
         * backend has no way of its own; a pool shared by all loops at first.
         */
        public Builder workExecutor(Executor executor) {
            workExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** The loop's monotonic clock in nanoseconds; {@link System#nanoTime} at first. */
        public Builder clock(LongSupplier nanoTime) {
            clock = Objects.requireNonNull(nanoTime, "nanoTime");
            return this;
        }

        private static void requireWithin(int least, int most, int value, String what) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        what + ": from " + least + " to " + most + ", not " + value);
            }
        }

        public LoopOptions build() {
            return new LoopOptions(this);
        }
    }
}
