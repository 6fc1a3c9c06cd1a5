// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.millrace.benchmarks.loop.LoopKind;
import io.millrace.benchmarks.loop.RunningLoop;
import io.millrace.benchmarks.loop.TurnableLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An event loop of Netty on one of its transports. */
public final class NettyLoopKind implements LoopKind {
    private static final long STOP_SECONDS = 10;

    private final NettyTransport transport;

    public NettyLoopKind(NettyTransport transport) {
        this.transport = transport;
    }

    @Override
    public String name() {
        return transport.label();
    }

    @Override
    public @Nullable String refusal() {
        return transport.refusal();
    }

    @Override
    public RunningLoop start() {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
        EventLoop loop = group.next();
        return new RunningLoop() {
            @Override
            public void execute(Runnable task) {
                loop.execute(task);
            }

            @Override
            public void close() {
                group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
            }
        };
    }

    @Override
    public TurnableLoop open() {
        ManualIoEventLoop loop =
                new ManualIoEventLoop(Thread.currentThread(), transport.handlers());
        return new TurnableLoop() {
            @Override
            public void turn() {
                loop.runNow();
            }

            @Override
            public void close() {
                var unused = loop.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
                while (!loop.isTerminated()) {
                    loop.runNow();
                }
            }
        };
    }
}
