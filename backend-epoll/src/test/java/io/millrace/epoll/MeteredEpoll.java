// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.IoException;
import io.millrace.posix.DescriptorLimit;
import io.millrace.posix.EventfdWakeup;
import io.millrace.posix.Libc;
import io.millrace.posix.LibcSockets;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketDialect;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.ChunkPool;
import io.millrace.spi.reactor.ReactorDriver;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An epoll backend for one loop, put together by hand so that its chunks can be counted. */
final class MeteredEpoll implements BackendProvider {
    private final boolean edge;
    private @Nullable ChunkPool chunks;

    MeteredEpoll(boolean edge) {
        this.edge = edge;
    }

    /** Chunks and copies that nobody has given back. */
    int chunksOut() {
        ChunkPool pool = chunks;
        return pool == null ? 0 : pool.lent() + pool.lentOverflow();
    }

    @Override
    public String name() {
        return "metered-epoll";
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    public Availability probe() {
        return Availability.usable("for a test", Map.of());
    }

    @Override
    public Driver open(DriverConfig config, LoopContext context) throws IoException {
        SystemCalls calls = LibcSystemCalls.instance();
        Platform platform = Platform.current();
        ChunkPool pool = new ChunkPool(config, Libc::addressOf, context);
        chunks = pool;
        EpollPoller poller =
                new EpollPoller(
                        LibcEpollCalls.instance(),
                        calls,
                        EventfdWakeup.open(calls, platform.constants()),
                        platform,
                        context,
                        edge);
        LibcSockets sockets =
                new LibcSockets(
                        calls, SocketDialect.of(platform, calls), platform, DescriptorLimit.NONE);
        return new ReactorDriver(poller, sockets, pool, context);
    }
}
