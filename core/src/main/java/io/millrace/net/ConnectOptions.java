// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** How to connect to a host by name. Immutable; any thread. */
public final class ConnectOptions {
    /** How long an attempt goes unanswered before the next one begins beside it: RFC 8305's. */
    public static final Duration DEFAULT_ATTEMPT_DELAY = Duration.ofMillis(250);

    /** What RFC 8305 says it must not be less than. */
    public static final Duration LEAST_ATTEMPT_DELAY = Duration.ofMillis(10);

    /** The shared resolver, no deadline but the system's, {@link #DEFAULT_ATTEMPT_DELAY}. */
    public static final ConnectOptions DEFAULT = builder().build();

    private final HostResolver resolver;
    private final Duration deadline;
    private final Duration attemptDelay;
    private final Consumer<? super TcpStream> configure;

    private ConnectOptions(Builder builder) {
        resolver = builder.resolver;
        deadline = builder.deadline;
        attemptDelay = builder.attemptDelay;
        configure = builder.configure;
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#resolver}. */
    public HostResolver resolver() {
        return resolver;
    }

    /** See {@link Builder#deadline}; zero for none. */
    public Duration deadline() {
        return deadline;
    }

    /** See {@link Builder#attemptDelay}. */
    public Duration attemptDelay() {
        return attemptDelay;
    }

    /** See {@link Builder#configure}. */
    public Consumer<? super TcpStream> configure() {
        return configure;
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private HostResolver resolver = Resolver.system();
        private Duration deadline = Duration.ZERO;
        private Duration attemptDelay = DEFAULT_ATTEMPT_DELAY;
        private Consumer<? super TcpStream> configure = stream -> {};

        private Builder() {}

        /** Who knows the addresses; {@link Resolver#system} at first. */
        public Builder resolver(HostResolver resolver) {
            this.resolver = Objects.requireNonNull(resolver, "resolver");
            return this;
        }

        /**
         * How long look-up and connect may take together before they fail with {@code ETIMEDOUT};
         * zero, the initial value, for as long as the system tries.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder deadline(Duration time) {
            if (Objects.requireNonNull(time, "time").isNegative()) {
                throw new IllegalArgumentException("the deadline must not be negative: " + time);
            }
            deadline = time;
            return this;
        }

        /**
         * How long an attempt goes unanswered before the next address is tried beside it.
         *
         * @throws IllegalArgumentException if it is less than {@link #LEAST_ATTEMPT_DELAY}
         */
        public Builder attemptDelay(Duration time) {
            if (Objects.requireNonNull(time, "time").compareTo(LEAST_ATTEMPT_DELAY) < 0) {
                throw new IllegalArgumentException(
                        "attempts begin at least "
                                + LEAST_ATTEMPT_DELAY
                                + " apart, see RFC 8305, not "
                                + time);
            }
            attemptDelay = time;
            return this;
        }

        /**
         * Called with the stream of each attempt before it connects, to set its options. It may be
         * called several times, and all but one of the streams are closed again. What it throws is
         * how the whole connect ends.
         */
        public Builder configure(Consumer<? super TcpStream> action) {
            configure = Objects.requireNonNull(action, "action");
            return this;
        }

        public ConnectOptions build() {
            return new ConnectOptions(this);
        }
    }
}
