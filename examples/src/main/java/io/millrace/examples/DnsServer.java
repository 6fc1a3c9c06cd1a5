// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.dns.DnsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A caching forwarder for DNS: try {@code ./millrace dns --port 5300} and {@code dig @127.0.0.1 -p
 * 5300 example.com}. What it does is in {@link DnsForwarder}.
 */
public final class DnsServer implements ServerProgram.LoopService {
    private static final int CACHE_ENTRIES = 10_000;
    private static final int MOST_CACHE_ENTRIES = 10_000_000;

    private final DnsOptions options;
    private final int cacheEntries;
    private final Map<EventLoop, DnsForwarder> forwarders = new ConcurrentHashMap<>();

    DnsServer(DnsOptions options, int cacheEntries) {
        this.options = options;
        this.cacheEntries = cacheEntries;
    }

    public static void main(String[] arguments) {
        new ServerProgram(
                        "dns",
                        "[--port N] [--host ADDRESS] [--backend NAME,...] [--loops N]"
                                + " [--to SERVER[:PORT],...] [--cache ENTRIES]",
                        null,
                        DnsServer::of)
                .launch(arguments);
    }

    private static DnsServer of(Options options) throws UsageException {
        List<InetSocketAddress> servers = options.addresses("to", DnsOptions.DNS_PORT);
        int entries = options.number("cache", 0, MOST_CACHE_ENTRIES, CACHE_ENTRIES);
        int loops = options.number("loops", 1, Integer.MAX_VALUE, 1);
        return new DnsServer(
                DnsOptions.builder().servers(servers).build(), (entries + loops - 1) / loops);
    }

    @Override
    public InetSocketAddress open(EventLoop loop, InetSocketAddress address, boolean shared)
            throws IOException {
        for (InetSocketAddress each : options.servers()) {
            ensureOther(each, address);
        }
        if (shared && forwarders.isEmpty()) {
            ServerProgram.ensureUnshared(address);
        }
        DnsForwarder forwarder = new DnsForwarder(loop, options, cacheEntries);
        InetSocketAddress bound = forwarder.open(address, shared);
        forwarders.put(loop, forwarder);
        return bound;
    }

    /** Whoever asks itself never hears an answer. */
    private static void ensureOther(InetSocketAddress server, InetSocketAddress own)
            throws IOException {
        boolean same =
                own.getAddress().equals(server.getAddress())
                        || (own.getAddress().isAnyLocalAddress()
                                && NetworkInterface.getByInetAddress(server.getAddress()) != null);
        if (same && own.getPort() == server.getPort()) {
            throw new IOException(
                    "it would ask itself: " + server + " is where it listens; name another --to");
        }
    }

    @Override
    public CompletableFuture<Void> finish(EventLoop loop) {
        DnsForwarder forwarder = forwarders.get(loop);
        return forwarder == null ? CompletableFuture.completedFuture(null) : forwarder.finish();
    }
}
