// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.name.LoopResolver;
import io.millrace.internal.name.NameResolver;
import io.millrace.internal.name.ThreadResolver;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Addresses of names and names of addresses, looked up on threads of its own, so that a name server
 * that does not answer holds up neither a loop, nor files, nor work; or without threads, see {@link
 * #open(LoopNameLookup)}, to which what is said here of threads does not apply.
 *
 * <p>It belongs to no loop: any number of loops may share one, each asks on its own thread, and
 * hears the answer there. It has so many threads and so many places to wait for one; a look-up
 * beyond that fails with {@code EBUSY} at once. Whoever waits may give up, by {@link Lookup#cancel}
 * or by deadline, and leaves the queue; but a thread that waits for a name server waits until the
 * system gives up.
 *
 * <p>An address as text, such as {@code 192.0.2.1}, {@code 2001:db8::1}, {@code [::1]} or {@code
 * fe80::1%eth0}, is answered without a look-up and without a thread. Other ways to write one, such
 * as {@code 127.1} or {@code 010.0.0.1}, which systems read differently, fail with {@code EINVAL}.
 *
 * <p>The order of addresses is that of the {@link NameLookup}. The JDK puts IPv4 first, unless it
 * is started with {@code -Djava.net.preferIPv6Addresses=system}: then it keeps the system's.
 *
 * <p>Failures are {@link IoException}s with the name in them: {@code EAI_NONAME} if it was not
 * found, for which the JDK does not tell a missing name from a silent server, {@code EINVAL} for
 * what cannot be a name, {@code EBUSY}, {@code ETIMEDOUT} and {@code ECANCELED}.
 */
public sealed interface Resolver extends HostResolver, AutoCloseable permits NameResolver {
    /** The one that all share who have none of their own; it cannot be closed. Any thread. */
    static Resolver system() {
        return ThreadResolver.shared();
    }

    /** Makes one, which must be closed. Its threads begin when they are needed. Any thread. */
    static Resolver open(ResolverOptions options) {
        return ThreadResolver.open(options);
    }

    /**
     * Makes one without threads, which looks up by what does not block, on whatever loop asks. It
     * has no limit of its own of how many are under way, and must be closed. Any thread.
     */
    static Resolver open(LoopNameLookup names) {
        return LoopResolver.open(names);
    }

    /**
     * Looks for the addresses of a host, without a deadline. Thread of {@code loop} only.
     *
     * @throws IllegalStateException if the resolver or the loop is closed
     */
    default Lookup<List<InetAddress>> addresses(EventLoop loop, String host) {
        return addresses(loop, host, Duration.ZERO);
    }

    /**
     * Looks for the addresses of a host. Thread of {@code loop} only.
     *
     * @param host a name, in any alphabet (IDNA 2003), or an address as text
     * @param deadline after which it fails with {@code ETIMEDOUT}; zero for none
     * @throws IllegalArgumentException if the deadline is negative
     * @throws IllegalStateException if the resolver or the loop is closed
     */
    @Override
    Lookup<List<InetAddress>> addresses(EventLoop loop, String host, Duration deadline);

    /**
     * Looks for the name of an address, without a deadline. Thread of {@code loop} only.
     *
     * @throws IllegalStateException if the resolver or the loop is closed
     */
    default Lookup<String> name(EventLoop loop, InetAddress address) {
        return name(loop, address, Duration.ZERO);
    }

    /**
     * Looks for the name of an address. Thread of {@code loop} only.
     *
     * @param deadline as in {@link #addresses(EventLoop, String, Duration)}
     * @throws IllegalArgumentException if the deadline is negative
     * @throws IllegalStateException if the resolver or the loop is closed
     */
    Lookup<String> name(EventLoop loop, InetAddress address, Duration deadline);

    /**
     * Ends every look-up under way as cancelled, and lets the threads end; one that waits for a
     * name server ends when the system gives up. Idempotent; any thread.
     *
     * @throws IllegalStateException for {@link #system}
     */
    @Override
    void close();
}
