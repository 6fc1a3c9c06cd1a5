// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.net.Lookup;
import io.millrace.net.Resolver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What all resolvers have in common: what is no question of anybody's, each look-up's one end, and
 * the close. How a name is looked up is up to {@link #ask}.
 */
public abstract sealed class NameResolver implements Resolver permits ThreadResolver, LoopResolver {
    private final boolean isShared;

    /** What is under way, for the close. */
    private final Set<LoopLookup<?>> pending = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    NameResolver(boolean isShared) {
        this.isShared = isShared;
    }

    /** What the addresses of a host are asked by; the name is as it goes over the wire. */
    abstract LookupBody<List<InetAddress>> addressesOf(Loop loop, String name);

    abstract LookupBody<String> nameOf(Loop loop, InetAddress address);

    /** Begins to look up; ends the look-up if that cannot be. On the loop's thread. */
    abstract void ask(LoopLookup<?> lookup);

    /** Nobody waits for it any more. Any thread. */
    abstract void drop(LoopLookup<?> lookup);

    @Override
    public final Lookup<List<InetAddress>> addresses(
            EventLoop loop, String host, Duration deadline) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(host, "host");
        long limitNanos = nanos(deadline);
        Loop asking = asking(loop, "addresses");
        String name;
        try {
            InetAddress literal = HostText.address(host);
            if (literal != null) {
                LoopLookup<List<InetAddress>> known = lookup(asking, "resolve", host, null);
                known.begin(deadline, 0);
                known.succeed(List.of(literal));
                return known;
            }
            name = HostText.name(host);
        } catch (IoException refusal) {
            LoopLookup<List<InetAddress>> refused = lookup(asking, "resolve", host, null);
            refused.begin(deadline, 0);
            refused.fail(refusal);
            return refused;
        }
        LoopLookup<List<InetAddress>> lookup =
                lookup(asking, "resolve", host, addressesOf(asking, name));
        begin(lookup, deadline, limitNanos);
        return lookup;
    }

    @Override
    public final Lookup<String> name(EventLoop loop, InetAddress address, Duration deadline) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(address, "address");
        long limitNanos = nanos(deadline);
        Loop asking = asking(loop, "name");
        LoopLookup<String> lookup =
                lookup(asking, "name of", address.getHostAddress(), nameOf(asking, address));
        begin(lookup, deadline, limitNanos);
        return lookup;
    }

    private <T> LoopLookup<T> lookup(
            Loop loop, String operation, String subject, @Nullable LookupBody<T> body) {
        return new LoopLookup<>(loop, this, operation, subject, body);
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
        try {
            pending.add(lookup);
            ask(lookup);
        } catch (Throwable failure) {
            lookup.failed(failure);
        }
        if (closed) {
            lookup.cancel();
        }
    }

    /** It has ended. Any thread. */
    final void forget(LoopLookup<?> lookup) {
        if (pending.remove(lookup)) {
            drop(lookup);
        }
    }

    /** What was found, or the failure that there is nothing. */
    static List<InetAddress> found(@Nullable List<InetAddress> addresses)
            throws UnknownHostException {
        if (addresses == null || addresses.isEmpty()) {
            throw new UnknownHostException("it has no address");
        }
        return List.copyOf(addresses);
    }

    final boolean isClosed() {
        return closed;
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
    }

    private static long nanos(Duration deadline) {
        if (Objects.requireNonNull(deadline, "deadline").isNegative()) {
            throw new IllegalArgumentException("the deadline must not be negative: " + deadline);
        }
        return LoopTimer.nanos(deadline);
    }
}
