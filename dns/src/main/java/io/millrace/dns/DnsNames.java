// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.Lookup;
import io.millrace.net.LoopNameLookup;
import io.millrace.spi.Code;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/** What a {@link DnsResolver} asks. Any thread; each look-up on its loop's. */
final class DnsNames implements LoopNameLookup {
    private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final DnsClient.Shared shared;
    private final HostsFile hosts;
    private final Cache cache = new Cache(DClass.IN);

    private final AddressOrder order;

    DnsNames(DnsOptions options, AddressOrder order) {
        this.order = order;
        shared = new DnsClient.Shared(options);
        hosts = new HostsFile(options.hostsFile());
        cache.setMaxEntries(options.cacheEntries());
    }

    @Override
    public Lookup<List<InetAddress>> addresses(EventLoop loop, String host) {
        Asking<List<InetAddress>> asking = new Asking<>(loop);
        asking.withHosts(() -> findAddresses(asking, host));
        return asking;
    }

    private void findAddresses(Asking<List<InetAddress>> asking, String host) throws IoFailure {
        List<InetAddress> local = local(host);
        if (local.isEmpty()) {
            tryNames(asking, candidates(host), 0);
        } else {
            asking.result.complete(local);
        }
    }

    private List<InetAddress> local(String host) throws IoFailure {
        List<InetAddress> known = hosts.addresses(host);
        String name = host.toLowerCase(Locale.ROOT);
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        boolean here = bare.equals("localhost") || bare.endsWith(".localhost");
        try {
            return known.isEmpty() && here
                    ? List.of(
                            InetAddress.getByAddress(host, LOOPBACK_6),
                            InetAddress.getByAddress(host, LOOPBACK_4))
                    : known;
        } catch (UnknownHostException impossible) {
            throw new IoFailure(impossible);
        }
    }

    /** What a host may mean, in the order of resolv.conf(5). */
    private List<Name> candidates(String host) throws IoFailure {
        List<Name> names = new ArrayList<>();
        try {
            Name name = Name.fromString(host);
            if (name.isAbsolute()) {
                return List.of(name);
            }
            for (String each : shared.options.searchDomains()) {
                addJoined(name, Name.fromString(each, Name.root), names);
            }
            boolean first = name.labels() > shared.options.dots();
            names.add(first ? 0 : names.size(), Name.concatenate(name, Name.root));
        } catch (TextParseException | NameTooLongException notAName) {
            throw new IoFailure(notAName);
        }
        return names;
    }

    private static void addJoined(Name name, Name domain, List<Name> names) {
        try {
            names.add(Name.concatenate(name, domain));
        } catch (NameTooLongException tooLong) {
            // There is no such name then, and so it has no address.
            return;
        }
    }

    @Override
    public Lookup<String> name(EventLoop loop, InetAddress address) {
        Asking<String> asking = new Asking<>(loop);
        asking.withHosts(
                () -> {
                    String known = hosts.name(address);
                    if (known != null) {
                        asking.result.complete(known);
                        return;
                    }
                    CompletionStage<LookupResult> asked =
                            asking.ask(ReverseMap.fromAddress(address), Type.PTR);
                    asked.whenComplete((found, failure) -> named(asking, found, failure));
                });
        return asking;
    }

    /** A failure on the way to a question. */
    private static final class IoFailure extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Throwable reason;

        IoFailure(Throwable reason) {
            super(reason);
            this.reason = reason;
        }
    }

    private interface Step {
        void run() throws IoFailure;
    }

    /** One look-up: as many questions as it takes. On its loop's thread. */
    private final class Asking<T> implements Lookup<T> {
        final EventLoop loop;
        final CompletableFuture<T> result = new CompletableFuture<>();
        private final ClientResolver resolver;
        private final LookupSession session;
        private boolean cancelled;

        Asking(EventLoop loop) {
            this.loop = loop;
            resolver = new ClientResolver(new DnsClient(loop, shared));
            LookupSession.LookupSessionBuilder builder =
                    LookupSession.builder().resolver(resolver).executor(loop::execute);
            session = (shared.options.cacheEntries() == 0 ? builder : builder.cache(cache)).build();
        }

        @Override
        public CompletionStage<T> result() {
            return result;
        }

        @Override
        public boolean cancel() {
            cancelled = true;
            resolver.cancel();
            return result.completeExceptionally(
                    IoException.because(Code.CANCELLED, "ask", "it was cancelled"));
        }

        /** Goes on when it is known what is in the hosts file. */
        void withHosts(Step step) {
            if (hosts.isFresh()) {
                take(step);
                return;
            }
            loop.work(
                            () -> {
                                hosts.refresh();
                                return true;
                            })
                    .result()
                    .whenComplete(
                            (read, failure) -> {
                                if (failure != null) {
                                    result.completeExceptionally(failure);
                                } else {
                                    take(step);
                                }
                            });
        }

        private void take(Step step) {
            if (cancelled) {
                return;
            }
            try {
                step.run();
            } catch (IoFailure failure) {
                result.completeExceptionally(failure.reason);
            } catch (RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        }

        /** Does something unless an answer comes within the delay of RFC 8305, section 3. */
        void waitFor(CompletableFuture<LookupResult> answer, Runnable otherwise) {
            if (answer.isDone() || result.isDone() || cancelled || loop.isClosed()) {
                return;
            }
            Timer timer = Timer.open(loop);
            timer.unref();
            CompletionStage<LookupResult> late = answer;
            late.whenComplete((found, failure) -> timer.close());
            CompletionStage<T> end = result;
            end.whenComplete((found, failure) -> timer.close());
            timer.start(shared.options.resolutionDelay(), otherwise);
        }

        void end(T found) {
            result.complete(found);
        }

        CompletableFuture<LookupResult> ask(Name name, int type) {
            return session.lookupAsync(name, type).toCompletableFuture();
        }
    }

    /** The first name that has addresses says them; see {@link #ended} for the others. */
    private void tryNames(Asking<List<InetAddress>> asking, List<Name> names, int index) {
        Name name = names.get(index);
        CompletableFuture<LookupResult> six = asking.ask(name, Type.AAAA);
        CompletableFuture<LookupResult> four = asking.ask(name, Type.A);
        CompletionStage<LookupResult> first = four;
        first.whenComplete((answer, failure) -> asking.waitFor(six, () -> answer(asking, four)));
        CompletionStage<Void> both = CompletableFuture.allOf(six, four);
        both.whenComplete(
                (none, failure) -> {
                    if (asking.result.isDone()) {
                        return;
                    }
                    List<InetAddress> found = new ArrayList<>();
                    add(six, found);
                    add(four, found);
                    if (found.isEmpty()) {
                        ended(asking, reasonOf(six, four), names, index + 1);
                    } else {
                        asking.end(order.sorted(found));
                    }
                });
    }

    /** The other family is late: what there is of one is the answer, unless it is nothing. */
    private void answer(Asking<List<InetAddress>> asking, CompletableFuture<LookupResult> one) {
        if (asking.result.isDone()) {
            return;
        }
        List<InetAddress> found = new ArrayList<>();
        add(one, found);
        if (!found.isEmpty()) {
            asking.end(order.sorted(found));
        }
    }

    /**
     * A name that is not there is followed by the next. If nobody can say whether it is, the next
     * would be another host, whatever it is.
     */
    private void ended(
            Asking<List<InetAddress>> asking, Throwable reason, List<Name> names, int next) {
        if (asking.cancelled) {
            return;
        }
        if (reason instanceof UnknownHostException && next < names.size()) {
            tryNames(asking, names, next);
        } else {
            asking.result.completeExceptionally(reason);
        }
    }

    private static void named(
            Asking<String> asking, @Nullable LookupResult found, @Nullable Throwable failure) {
        List<Record> records = found == null ? List.of() : found.getRecords();
        for (Record each : records) {
            if (each instanceof PTRRecord pointer) {
                asking.result.complete(pointer.getTarget().toString(true));
                return;
            }
        }
        asking.result.completeExceptionally(
                failure == null ? new UnknownHostException("it has no name") : reason(failure));
    }

    private static void add(CompletableFuture<LookupResult> answer, List<InetAddress> to) {
        if (answer.isCompletedExceptionally()) {
            return;
        }
        for (Record each : answer.join().getRecords()) {
            if (each instanceof AAAARecord six) {
                to.add(six.getAddress());
            } else if (each instanceof ARecord four) {
                to.add(four.getAddress());
            }
        }
    }

    /** Why neither has an address: if one could not be asked, that it is. */
    private static Throwable reasonOf(
            CompletableFuture<LookupResult> six, CompletableFuture<LookupResult> four) {
        Throwable reason = failureOf(four);
        return reason instanceof UnknownHostException ? failureOf(six) : reason;
    }

    private static Throwable failureOf(CompletableFuture<LookupResult> answer) {
        try {
            answer.join();
            return new UnknownHostException("it has no address");
        } catch (CompletionException failure) {
            return reason(failure);
        }
    }

    /** In the words of resolvers. */
    private static Throwable reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof IoException) {
            return cause;
        }
        if (cause instanceof NoSuchDomainException) {
            return new UnknownHostException("there is no such name");
        }
        if (cause instanceof NoSuchRRSetException) {
            return new UnknownHostException("it has none of what was asked for");
        }
        return IoException.because(Code.NAME_SERVERS_FAILED, "ask", String.valueOf(cause));
    }

    @Override
    public String toString() {
        return "DNS of " + shared.options.servers();
    }
}
