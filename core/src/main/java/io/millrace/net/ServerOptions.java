// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoopGroup;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a {@link TcpServer} or {@link UnixServer} listens. Immutable; {@link #builder} makes one. */
public final class ServerOptions {
    /** What most systems allow at most anyway; see somaxconn in listen(2). */
    private static final int DEFAULT_BACKLOG = 4096;

    /** What a builder begins with. */
    public static final ServerOptions DEFAULT = builder().build();

    private final int backlog;
    private final boolean reuseAddress;
    private final boolean reusePort;
    private final int receiveBufferSize;
    private final @Nullable Set<PosixFilePermission> permissions;
    private final boolean replaceDeadSocket;
    private final @Nullable EventLoopGroup handTo;

    private ServerOptions(Builder builder) {
        backlog = builder.backlog;
        reuseAddress = builder.reuseAddress;
        reusePort = builder.reusePort;
        receiveBufferSize = builder.receiveBufferSize;
        permissions = builder.permissions;
        replaceDeadSocket = builder.replaceDeadSocket;
        handTo = builder.handTo;
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#backlog}. */
    public int backlog() {
        return backlog;
    }

    /** See {@link Builder#reuseAddress}. */
    public boolean reuseAddress() {
        return reuseAddress;
    }

    /** See {@link Builder#reusePort}. */
    public boolean reusePort() {
        return reusePort;
    }

    /** See {@link Builder#receiveBufferSize}; 0 for the system's own. */
    public int receiveBufferSize() {
        return receiveBufferSize;
    }

    /** See {@link Builder#permissions}; null for what the process's umask leaves. */
    public @Nullable Set<PosixFilePermission> permissions() {
        return permissions;
    }

    /** See {@link Builder#replaceDeadSocket}. */
    public boolean replaceDeadSocket() {
        return replaceDeadSocket;
    }

    /** See {@link Builder#handTo}; null if connections stay with their server's loop. */
    public @Nullable EventLoopGroup handTo() {
        return handTo;
    }

    /** A builder that begins with these options. */
    public Builder toBuilder() {
        Builder builder = builder();
        builder.backlog = backlog;
        builder.reuseAddress = reuseAddress;
        builder.reusePort = reusePort;
        builder.receiveBufferSize = receiveBufferSize;
        builder.permissions = permissions;
        builder.replaceDeadSocket = replaceDeadSocket;
        builder.handTo = handTo;
        return builder;
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private int backlog = DEFAULT_BACKLOG;
        private boolean reuseAddress = true;
        private boolean reusePort;
        private int receiveBufferSize;
        private @Nullable Set<PosixFilePermission> permissions;
        private boolean replaceDeadSocket;
        private @Nullable EventLoopGroup handTo;

        private Builder() {}

        /** How many connections the kernel queues; it may allow fewer. 4096 at first. */
        public Builder backlog(int connections) {
            backlog = atLeastOne("backlog", connections);
            return this;
        }

        /**
         * SO_REUSEADDR, of TCP: listen although connections of an earlier server linger. On at
         * first.
         */
        public Builder reuseAddress(boolean on) {
            reuseAddress = on;
            return this;
        }

        /**
         * SO_REUSEPORT, of TCP: share the port with other listeners of the same user, among which
         * the kernel balances connections. Fails with {@code EOPNOTSUPP} where it does not.
         */
        public Builder reusePort(boolean on) {
            reusePort = on;
            return this;
        }

        /** SO_RCVBUF of TCP connections, which must be known before the handshake. */
        public Builder receiveBufferSize(int bytes) {
            receiveBufferSize = atLeastOne("receiveBufferSize", bytes);
            return this;
        }

        /**
         * Who may connect to a Unix-domain server: whoever may write to its file, see unix(7). The
         * file has these permissions before anybody can connect, whatever the process's umask is.
         * Fails with {@code EOPNOTSUPP} where the backend cannot: {@code nio} binds and listens in
         * one step, between which there is no moment for it.
         */
        public Builder permissions(Set<PosixFilePermission> permissions) {
            this.permissions = Set.copyOf(Objects.requireNonNull(permissions, "permissions"));
            return this;
        }

        /**
         * Removes the file of a Unix-domain server that is gone, if that is what is at the path: a
         * socket to which a connection is refused. Off at first.
         */
        public Builder replaceDeadSocket(boolean on) {
            replaceDeadSocket = on;
            return this;
        }

        /**
         * Hands each connection to the next loop of a group, on the same backend as the server's.
         */
        public Builder handTo(EventLoopGroup group) {
            this.handTo = Objects.requireNonNull(group, "group");
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
