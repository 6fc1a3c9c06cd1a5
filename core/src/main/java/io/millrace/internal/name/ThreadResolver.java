// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.net.Lookup;
import io.millrace.net.NameLookup;
import io.millrace.net.Resolver;
import io.millrace.net.ResolverOptions;
import io.millrace.spi.Code;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The one implementation of {@link Resolver}. */
public final class ThreadResolver implements Resolver {
    private static final long IDLE_SECONDS = 30;

    private final NameLookup names;
    private final int queue;
    private final boolean isShared;
    private final ThreadPoolExecutor threads;

    /** What is under way, for the close. */
    private final Set<LoopLookup<?>> pending = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    private ThreadResolver(ResolverOptions options, boolean isShared) {
        names = options.lookup();
        queue = options.queue();
        this.isShared = isShared;
        AtomicInteger number = new AtomicInteger();
        threads =
                new ThreadPoolExecutor(
                        options.threads(),
                        options.threads(),
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(queue),
                        task -> {
                            Thread thread =
                                    new Thread(task, "millrace-names-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
        threads.allowCoreThreadTimeOut(true);
    }

    public static ThreadResolver open(ResolverOptions options) {
        return new ThreadResolver(Objects.requireNonNull(options, "options"), false);
    }

    public static ThreadResolver shared() {
        return Holder.SHARED;
    }

    /** Made when somebody asks for it. */
    private static final class Holder {
        static final ThreadResolver SHARED = new ThreadResolver(ResolverOptions.DEFAULT, true);
    }

    @Override
    public Lookup<List<InetAddress>> addresses(EventLoop loop, String host, Duration deadline) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(host, "host");
        long limitNanos = nanos(deadline);
        Loop asking = asking(loop, "addresses");
        String name;
        try {
            InetAddress literal = HostText.address(host);
            if (literal != null) {
                LoopLookup<List<InetAddress>> known =
                        new LoopLookup<>(asking, this, "resolve", host, List::of);
                known.begin(deadline, 0);
                known.succeed(List.of(literal));
                return known;
            }
            name = HostText.name(host);
        } catch (IoException refusal) {
            LoopLookup<List<InetAddress>> refused =
                    new LoopLookup<>(asking, this, "resolve", host, List::of);
            refused.begin(deadline, 0);
            refused.fail(refusal);
            return refused;
        }
        LoopLookup<List<InetAddress>> lookup =
                new LoopLookup<>(asking, this, "resolve", host, () -> found(name));
        begin(lookup, deadline, limitNanos);
        return lookup;
    }

    private List<InetAddress> found(String name) throws java.io.IOException {
        List<InetAddress> addresses = names.addresses(name);
        if (addresses == null || addresses.isEmpty()) {
            throw new UnknownHostException("it has no address");
        }
        return List.copyOf(addresses);
    }

    @Override
    public Lookup<String> name(EventLoop loop, InetAddress address, Duration deadline) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(address, "address");
        long limitNanos = nanos(deadline);
        LoopLookup<String> lookup =
                new LoopLookup<>(
                        asking(loop, "name"),
                        this,
                        "name of",
                        address.getHostAddress(),
                        () -> Objects.requireNonNull(names.name(address), "the name found"));
        begin(lookup, deadline, limitNanos);
        return lookup;
    }

    private Loop asking(EventLoop loop, String method) {
        Loop asking = (Loop) loop;
        asking.check(method);
        asking.ensureOpen();
        if (closed) {
            throw new IllegalStateException(method + ": the resolver is closed");
        }
        return asking;
    }

    private void begin(LoopLookup<?> lookup, Duration deadline, long limitNanos) {
        lookup.begin(deadline, limitNanos);
        pending.add(lookup);
        try {
            threads.execute(lookup);
        } catch (RejectedExecutionException refusal) {
            if (!closed) {
                lookup.fail(
                        Code.BUSY,
                        threads.getMaximumPoolSize()
                                + " look-ups are under way and "
                                + queue
                                + " wait; ask again later, or open a resolver with more of"
                                + " ResolverOptions.threads or queue",
                        null);
            }
        } catch (OutOfMemoryError noThread) {
            lookup.fail(Code.NO_MEMORY, String.valueOf(noThread.getMessage()), noThread);
        }
        if (closed) {
            lookup.cancel();
        }
    }

    /** It has ended, and nobody needs its place in the queue. Any thread. */
    void forget(LoopLookup<?> lookup) {
        if (pending.remove(lookup)) {
            threads.remove(lookup);
        }
    }

    @Override
    public void close() {
        if (isShared) {
            throw new IllegalStateException(
                    "close: this resolver is everybody's; open one of your own to close it");
        }
        closed = true;
        for (LoopLookup<?> each : pending) {
            each.cancel();
        }
        threads.shutdownNow();
    }

    private static long nanos(Duration deadline) {
        if (Objects.requireNonNull(deadline, "deadline").isNegative()) {
            throw new IllegalArgumentException("the deadline must not be negative: " + deadline);
        }
        return LoopTimer.nanos(deadline);
    }

    /** Any thread; may be stale. */
    @Override
    public String toString() {
        return "Resolver["
                + threads.getActiveCount()
                + " of "
                + threads.getMaximumPoolSize()
                + " threads look names up, "
                + threads.getQueue().size()
                + " wait"
                + (closed ? ", closed" : "")
                + "]";
    }
}
