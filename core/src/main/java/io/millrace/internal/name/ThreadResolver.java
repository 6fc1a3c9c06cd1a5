// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import io.millrace.internal.loop.Loop;
import io.millrace.net.NameLookup;
import io.millrace.net.ResolverOptions;
import io.millrace.spi.Code;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A resolver that looks up on threads of its own, by what blocks. */
public final class ThreadResolver extends NameResolver {
    private static final long IDLE_SECONDS = 30;

    private final NameLookup names;
    private final int queue;
    private final ThreadPoolExecutor threads;

    private ThreadResolver(ResolverOptions options, boolean isShared) {
        super(isShared);
        names = options.lookup();
        queue = options.queue();
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
    LookupBody<List<InetAddress>> addressesOf(Loop loop, String name) {
        return lookup -> lookup.succeed(found(names.addresses(name)));
    }

    @Override
    LookupBody<String> nameOf(Loop loop, InetAddress address) {
        return lookup ->
                lookup.succeed(Objects.requireNonNull(names.name(address), "the name found"));
    }

    @Override
    void ask(LoopLookup<?> lookup) {
        try {
            threads.execute(lookup);
        } catch (RejectedExecutionException refusal) {
            if (!isClosed()) {
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
    }

    /** It needs no place in the queue any more. */
    @Override
    void drop(LoopLookup<?> lookup) {
        threads.remove(lookup);
    }

    @Override
    public void close() {
        super.close();
        threads.shutdownNow();
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
                + (isClosed() ? ", closed" : "")
                + "]";
    }
}
