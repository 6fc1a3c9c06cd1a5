// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.LoopOptions;
import io.millrace.netty.MillraceChannelOption;
import io.millrace.netty.MillraceIoHandler;
import io.millrace.netty.MillraceServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringAdaptiveBufferRingAllocator;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.StandardSocketOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Netty's transports, each with what it takes to use it; all else is Netty's default. */
public enum NettyTransport {
    NIO("netty-nio", "java.nio transport", NioServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailable() {
            return null;
        }

        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        void sharePort(ServerBootstrap server) {
            server.option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        }
    },
    EPOLL("netty-epoll", "native epoll transport", EpollServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailable() {
            return Epoll.unavailabilityCause();
        }

        @Override
        IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        void sharePort(ServerBootstrap server) {
            server.option(EpollChannelOption.SO_REUSEPORT, true);
        }
    },
    IO_URING("netty-io_uring", "native io_uring transport", IoUringServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailable() {
            return IoUring.unavailabilityCause();
        }

        @Override
        IoHandlerFactory handlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        void sharePort(ServerBootstrap server) {
            server.option(IoUringChannelOption.SO_REUSEPORT, true);
        }
    },
    IO_URING_BUFFER_RING(
            "netty-io_uring-br",
            "native io_uring transport, buffer ring of 1024 adaptive buffers",
            IoUringServerSocketChannel.class) {
        private static final short GROUP = 0;
        private static final short BUFFERS = 1024;
        private static final int REFILLED_AT_ONCE = 64;

        @Override
        @Nullable Throwable unavailable() {
            if (IoUring.isAvailable() && !IoUring.isRegisterBufferRingSupported()) {
                return new UnsupportedOperationException("the kernel has no buffer rings");
            }
            return IoUring.unavailabilityCause();
        }

        @Override
        IoHandlerFactory handlers() {
            IoUringIoHandlerConfig config = new IoUringIoHandlerConfig();
            config.setBufferRingConfig(
                    IoUringBufferRingConfig.builder()
                            .bufferGroupId(GROUP)
                            .bufferRingSize(BUFFERS)
                            .batchSize(REFILLED_AT_ONCE)
                            .allocator(new IoUringAdaptiveBufferRingAllocator())
                            .build());
            return IoUringIoHandler.newFactory(config);
        }

        @Override
        void configure(OptionSetter connections) {
            connections.set(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP);
        }

        @Override
        void sharePort(ServerBootstrap server) {
            IO_URING.sharePort(server);
        }
    },
    MILLRACE_EPOLL(
            "netty-millrace-epoll",
            "Millrace's transport on its epoll",
            MillraceServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailable() {
            return whyNot("epoll");
        }

        @Override
        IoHandlerFactory handlers() {
            return onMillrace("epoll");
        }

        @Override
        void sharePort(ServerBootstrap server) {
            server.option(MillraceChannelOption.SO_REUSEPORT, true);
        }
    },
    MILLRACE_EPOLL_EDGE(
            "netty-millrace-epoll-et",
            "Millrace's transport on its edge-triggered epoll",
            MillraceServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailable() {
            return whyNot("epoll-et");
        }

        @Override
        IoHandlerFactory handlers() {
            return onMillrace("epoll-et");
        }

        @Override
        void sharePort(ServerBootstrap server) {
            MILLRACE_EPOLL.sharePort(server);
        }
    },
    MILLRACE_IO_URING(
            "netty-millrace-io_uring",
            "Millrace's transport on its io_uring",
            MillraceServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailable() {
            return whyNot("io_uring");
        }

        @Override
        IoHandlerFactory handlers() {
            return onMillrace("io_uring");
        }

        @Override
        void sharePort(ServerBootstrap server) {
            MILLRACE_EPOLL.sharePort(server);
        }
    };

    /** Where an option can be set. */
    interface OptionSetter {
        <T> Object set(ChannelOption<T> option, T value);
    }

    private final String label;
    private final String description;
    private final Class<? extends ServerChannel> listener;

    NettyTransport(String label, String description, Class<? extends ServerChannel> listener) {
        this.label = label;
        this.description = description;
        this.listener = listener;
    }

    /** Those that differ as loops, without connections. */
    public static List<NettyTransport> loops() {
        return List.of(NIO, EPOLL, IO_URING);
    }

    /** Netty's own. */
    public static List<NettyTransport> ownOfNetty() {
        return List.of(NIO, EPOLL, IO_URING, IO_URING_BUFFER_RING);
    }

    /** Those of Millrace's backends. */
    public static List<NettyTransport> ofMillrace() {
        return List.of(MILLRACE_EPOLL, MILLRACE_EPOLL_EDGE, MILLRACE_IO_URING);
    }

    private static IoHandlerFactory onMillrace(String backend) {
        return MillraceIoHandler.newFactory(LoopOptions.builder().backend(backend).build());
    }

    private static @Nullable Throwable whyNot(String backend) {
        for (BackendInfo each : Backends.report().backends()) {
            if (each.name().equals(backend)) {
                return each.usable() ? null : new UnsupportedOperationException(each.reason());
            }
        }
        return new UnsupportedOperationException("there is no backend " + backend);
    }

    /** What keeps it from being used here, or null. */
    abstract @Nullable Throwable unavailable();

    /** The same in a few words. */
    final @Nullable String refusal() {
        Throwable cause = unavailable();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? null : cause.toString();
    }

    abstract IoHandlerFactory handlers();

    /** Sets SO_REUSEPORT. */
    abstract void sharePort(ServerBootstrap server);

    /** Sets what the transport needs on accepted connections. */
    void configure(OptionSetter connections) {}

    String label() {
        return label;
    }

    String description() {
        return description;
    }

    Class<? extends ServerChannel> listener() {
        return listener;
    }
}
