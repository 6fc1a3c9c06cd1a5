// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoopGroup;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a {@link TcpServer} listens. Immutable; {@link #builder} makes one. */
public final class ServerOptions {
    /** What most systems allow at most anyway; see somaxconn in listen(2). */
    private static final int DEFAULT_BACKLOG = 4096;

    public static final ServerOptions DEFAULT = builder().build();

    private final int backlog;
    private final boolean reuseAddress;
    private final boolean reusePort;
    private final int receiveBufferSize;
    private final @Nullable EventLoopGroup group;

    private ServerOptions(Builder builder) {
        backlog = builder.backlog;
        reuseAddress = builder.reuseAddress;
        reusePort = builder.reusePort;
        receiveBufferSize = builder.receiveBufferSize;
        group = builder.group;
    }

    public static Builder builder() {
        return new Builder();
    }

    public int backlog() {
        return backlog;
    }

    public boolean reuseAddress() {
        return reuseAddress;
    }

    public boolean reusePort() {
        return reusePort;
    }

    public int receiveBufferSize() {
        return receiveBufferSize;
    }

    public @Nullable EventLoopGroup group() {
        return group;
    }

    /** The same options with the port shared between listeners. */
    public ServerOptions withReusePort() {
        return toBuilder().reusePort(true).build();
    }

    /** The same options with connections handed to {@code loops}. */
    public ServerOptions withHandTo(EventLoopGroup loops) {
        return toBuilder().handTo(loops).build();
    }

    private Builder toBuilder() {
        Builder builder = builder();
        builder.backlog = backlog;
        builder.reuseAddress = reuseAddress;
        builder.reusePort = reusePort;
        builder.receiveBufferSize = receiveBufferSize;
        builder.group = group;
        return builder;
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private int backlog = DEFAULT_BACKLOG;
        private boolean reuseAddress = true;
        private boolean reusePort;
        private int receiveBufferSize;
        private @Nullable EventLoopGroup group;

        private Builder() {}

        /** How many connections the kernel queues; it may allow fewer. 4096 at first. */
        public Builder backlog(int connections) {
            backlog = atLeastOne("backlog", connections);
            return this;
        }

        /** SO_REUSEADDR: listen although connections of an earlier server linger. On at first. */
        public Builder reuseAddress(boolean on) {
            reuseAddress = on;
            return this;
        }

        /**
         * SO_REUSEPORT: share the port with other listeners of the same user, among which the
         * kernel balances connections. Fails with {@code EOPNOTSUPP} where it does not.
         */
        public Builder reusePort(boolean on) {
            reusePort = on;
            return this;
        }

        /** SO_RCVBUF of the connections, which must be known before the handshake. */
        public Builder receiveBufferSize(int bytes) {
            receiveBufferSize = atLeastOne("receiveBufferSize", bytes);
            return this;
        }

        /**
         * Hands each connection to the next loop of a group, on the same backend as the server's.
         */
        public Builder handTo(EventLoopGroup group) {
            this.group = Objects.requireNonNull(group, "group");
            return this;
        }

        public ServerOptions build() {
            return new ServerOptions(this);
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1: " + value);
            }
            return value;
        }
    }
}
