// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import java.util.Objects;

/** How a {@link Resolver} is to be. Immutable; any thread. */
public final class ResolverOptions {
    /** Four threads, {@value #DEFAULT_QUEUE} places in the queue, the system's look-up. */
    public static final ResolverOptions DEFAULT = builder().build();

    /**
     * How many look-ups run at once unless said otherwise: as many as libuv does, and more wait.
     */
    public static final int DEFAULT_THREADS = 4;

    /** How many more wait for a thread unless said otherwise. */
    public static final int DEFAULT_QUEUE = 1024;

    private static final int MOST_THREADS = 1024;

    private final int threads;
    private final int queue;
    private final NameLookup lookup;

    private ResolverOptions(Builder builder) {
        threads = builder.threads;
        queue = builder.queue;
        lookup = builder.lookup;
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#threads}. */
    public int threads() {
        return threads;
    }

    /** See {@link Builder#queue}. */
    public int queue() {
        return queue;
    }

    /** See {@link Builder#lookup}. */
    public NameLookup lookup() {
        return lookup;
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private int threads = DEFAULT_THREADS;
        private int queue = DEFAULT_QUEUE;
        private NameLookup lookup = NameLookup.system();

        private Builder() {}

        /**
         * How many look-ups run at once. So many names with dead servers hold up all others.
         *
         * @throws IllegalArgumentException unless from 1 to 1024
         */
        public Builder threads(int count) {
            if (count < 1 || count > MOST_THREADS) {
                throw new IllegalArgumentException(
                        "threads of a resolver: from 1 to " + MOST_THREADS + ", not " + count);
            }
            threads = count;
            return this;
        }

        /**
         * How many more may wait for a thread; another one fails with {@code EBUSY}.
         *
         * @throws IllegalArgumentException unless at least 1
         */
        public Builder queue(int places) {
            if (places < 1) {
                throw new IllegalArgumentException(
                        "a resolver's queue has at least 1 place, not " + places);
            }
            queue = places;
            return this;
        }

        /** What to ask; {@link NameLookup#system} at first. */
        public Builder lookup(NameLookup lookup) {
            this.lookup = Objects.requireNonNull(lookup, "lookup");
            return this;
        }

        public ResolverOptions build() {
            return new ResolverOptions(this);
        }
    }
}
