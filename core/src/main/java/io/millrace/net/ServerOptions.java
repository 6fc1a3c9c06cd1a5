// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoopGroup;
import io.millrace.NumberedOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a {@link TcpServer} or {@link UnixServer} listens. Immutable; {@link #builder} makes one. */
public final class ServerOptions {
    /** In place of a value that was not set. */
    public static final int UNSET = -1;

    private static final int MAXIMUM_TRAFFIC_CLASS = 255;

    /** Far more than any system waits. */
    private static final Duration MOST_DEFERRED = Duration.ofHours(1);

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
    private final Duration deferAccept;
    private final int fastOpenQueue;
    private final int trafficClass;
    private final int incomingCpu;
    private final List<NumberedOption> options;

    private ServerOptions(Builder builder) {
        backlog = builder.backlog;
        reuseAddress = builder.reuseAddress;
        reusePort = builder.reusePort;
        receiveBufferSize = builder.receiveBufferSize;
        permissions = builder.permissions;
        replaceDeadSocket = builder.replaceDeadSocket;
        handTo = builder.handTo;
        deferAccept = builder.deferAccept;
        fastOpenQueue = builder.fastOpenQueue;
        trafficClass = builder.trafficClass;
        incomingCpu = builder.incomingCpu;
        options = List.copyOf(builder.options);
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

    /** See {@link Builder#deferAccept}; zero for no such waiting. */
    public Duration deferAccept() {
        return deferAccept;
    }

    /** See {@link Builder#fastOpen}; 0 for none. */
    public int fastOpen() {
        return fastOpenQueue;
    }

    /** See {@link Builder#trafficClass}; {@link #UNSET} for the system's own. */
    public int trafficClass() {
        return trafficClass;
    }

    /** See {@link Builder#incomingCpu}; {@link #UNSET} for none. */
    public int incomingCpu() {
        return incomingCpu;
    }

    /** See {@link Builder#option}. */
    public List<NumberedOption> options() {
        return options;
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
        builder.deferAccept = deferAccept;
        builder.fastOpenQueue = fastOpenQueue;
        builder.trafficClass = trafficClass;
        builder.incomingCpu = incomingCpu;
        builder.options.addAll(options);
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
        private Duration deferAccept = Duration.ZERO;
        private int fastOpenQueue;
        private int trafficClass = UNSET;
        private int incomingCpu = UNSET;
        private final List<NumberedOption> options = new ArrayList<>();

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

        /**
         * TCP_DEFER_ACCEPT: a connection is one when its first bytes have come, or so much time has
         * passed. Linux only, and not on {@code nio}; elsewhere listening fails with {@code
         * EOPNOTSUPP}. Zero, for no such waiting, at first.
         *
         * @param time rounded up to whole seconds, of which the system makes what its own steps are
         */
        public Builder deferAccept(Duration time) {
            if (Objects.requireNonNull(time, "time").isNegative()
                    || time.compareTo(MOST_DEFERRED) > 0) {
                throw new IllegalArgumentException(
                        "an accept is deferred by 0 to " + MOST_DEFERRED + ": " + time);
            }
            deferAccept = time;
            return this;
        }

        /**
         * TCP_FASTOPEN: a client that was here before may send its first bytes with its request
         * (RFC 7413). Whoever is served so must bear that such a request is repeated by the
         * network. Linux only, where net.ipv4.tcp_fastopen allows it, and not on {@code nio};
         * elsewhere listening fails with {@code EOPNOTSUPP}.
         *
         * @param queue how many such connections may wait for the end of their handshake
         */
        public Builder fastOpen(int queue) {
            fastOpenQueue = atLeastOne("fastOpen", queue);
            return this;
        }

        /**
         * IP_TOS and IPV6_TCLASS of the answers to handshakes, and, on Linux, of connections from
         * then on. On {@code nio} listening fails with {@code EOPNOTSUPP}.
         *
         * @param value 0 to 255
         */
        public Builder trafficClass(int value) {
            if (value < 0 || value > MAXIMUM_TRAFFIC_CLASS) {
                throw new IllegalArgumentException("a traffic class is 0 to 255: " + value);
            }
            trafficClass = value;
            return this;
        }

        /**
         * SO_INCOMING_CPU: of several listeners with {@link #reusePort}, this one is preferred for
         * connections that this processor takes in. Linux only, and not on {@code nio}; elsewhere
         * listening fails with {@code EOPNOTSUPP}.
         *
         * @param processor its number, from 0
         */
        public Builder incomingCpu(int processor) {
            if (processor < 0) {
                throw new IllegalArgumentException("no processor is number " + processor);
            }
            incomingCpu = processor;
            return this;
        }

        /**
         * Sets any other option of the listening socket whose value is a C {@code int}, by the
         * system's own numbers, before it is bound; connections inherit most. On {@code nio}, which
         * has no descriptors, listening fails with {@code EOPNOTSUPP}.
         */
        public Builder option(int level, int name, int value) {
            options.removeIf(each -> each.isOf(level, name));
            options.add(new NumberedOption(level, name, value));
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
