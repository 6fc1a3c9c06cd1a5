// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.TextParseException;

/** Whom to ask, and how patiently. Immutable; any thread. */
public final class DnsOptions {
    /** The port of name servers. */
    public static final int DNS_PORT = 53;

    /** How long a server may be silent at first. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(1);

    /** What RFC 8305 recommends. */
    public static final Duration DEFAULT_RESOLUTION_DELAY = Duration.ofMillis(50);

    /** How often each server is asked that is silent. */
    public static final int DEFAULT_ROUNDS = 3;

    /** What passes everywhere in one piece, as servers agreed on the flag day of 2020. */
    public static final int DEFAULT_UDP_BYTES = 1232;

    /** How many questions may be under way. */
    public static final int DEFAULT_QUESTIONS = 1024;

    /** How many answers a resolver remembers. */
    public static final int DEFAULT_CACHE_ENTRIES = 10_000;

    private static final int MOST_DOTS = 15;
    private static final int LEAST_UDP_BYTES = 512;
    private static final int MOST_UDP_BYTES = 4096;
    private static final int MOST_ROUNDS = 10;
    private static final int MOST_QUESTIONS = 65_536;
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(1);

    private final List<InetSocketAddress> servers;
    private final Duration patience;
    private final Duration resolutionDelay;
    private final int rounds;
    private final int udpBytes;
    private final int questions;
    private final List<String> searchDomains;
    private final int dots;
    private final @Nullable Path hostsFile;
    private final int cacheEntries;

    private DnsOptions(Builder builder) {
        ResolverConfig system = builder.readsSystem() ? Builder.system() : null;
        servers = builder.servers.isEmpty() ? Builder.servers(system) : builder.servers;
        List<String> domains = builder.searchDomains;
        searchDomains = domains == null ? Builder.domains(system) : domains;
        dots = builder.dots;
        hostsFile = builder.hostsFile;
        cacheEntries = builder.cacheEntries;
        patience = builder.patience;
        resolutionDelay = builder.resolutionDelay;
        rounds = builder.rounds;
        udpBytes = builder.udpBytes;
        questions = builder.questions;
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#servers}. */
    public List<InetSocketAddress> servers() {
        return servers;
    }

    /** See {@link Builder#patience}. */
    public Duration patience() {
        return patience;
    }

    /** See {@link Builder#resolutionDelay}. */
    public Duration resolutionDelay() {
        return resolutionDelay;
    }

    /** See {@link Builder#rounds}. */
    public int rounds() {
        return rounds;
    }

    /** See {@link Builder#udpBytes}. */
    public int udpBytes() {
        return udpBytes;
    }

    /** See {@link Builder#questions}. */
    public int questions() {
        return questions;
    }

    /** See {@link Builder#searchDomains}. */
    public List<String> searchDomains() {
        return searchDomains;
    }

    /** See {@link Builder#dots}. */
    public int dots() {
        return dots;
    }

    /** See {@link Builder#hostsFile}; null for none. */
    public @Nullable Path hostsFile() {
        return hostsFile;
    }

    /** See {@link Builder#cacheEntries}. */
    public int cacheEntries() {
        return cacheEntries;
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private List<InetSocketAddress> servers = List.of();
        private Duration patience = DEFAULT_PATIENCE;
        private Duration resolutionDelay = DEFAULT_RESOLUTION_DELAY;
        private int rounds = DEFAULT_ROUNDS;
        private int udpBytes = DEFAULT_UDP_BYTES;
        private int questions = DEFAULT_QUESTIONS;
        private @Nullable List<String> searchDomains;
        private int dots = 1;
        private @Nullable Path hostsFile = systemHosts();
        private int cacheEntries = DEFAULT_CACHE_ENTRIES;

        private Builder() {}

        /**
         * The name servers, best first; none, as at first, for those of the system, which are read
         * when the options are built.
         *
         * @throws IllegalArgumentException if one is unresolved
         */
        public Builder servers(List<InetSocketAddress> servers) {
            for (InetSocketAddress each : Objects.requireNonNull(servers, "servers")) {
                if (each.isUnresolved()) {
                    throw new IllegalArgumentException(
                            "a name server is known by its address, and not by a name: " + each);
                }
            }
            this.servers = List.copyOf(servers);
            return this;
        }

        /**
         * How long a server may be silent before the next one is asked beside it; in each further
         * round twice as long as in the last. An answer that comes later counts all the same.
         *
         * @throws IllegalArgumentException unless more than zero, and at most a minute
         */
        public Builder patience(Duration time) {
            if (Objects.requireNonNull(time, "time").isNegative()
                    || time.isZero()
                    || time.compareTo(MOST_PATIENCE) > 0) {
                throw new IllegalArgumentException(
                        "patience is more than zero and at most "
                                + MOST_PATIENCE
                                + ", not "
                                + time);
            }
            patience = time;
            return this;
        }

        /**
         * How much later than the addresses of IPv4 those of IPv6 may come without being missed:
         * some servers never answer the question for them (RFC 8305, section 3). {@link
         * #DEFAULT_RESOLUTION_DELAY} at first.
         *
         * @throws IllegalArgumentException unless more than zero and at most 60 s
         */
        public Builder resolutionDelay(Duration time) {
            if (Objects.requireNonNull(time, "time").isNegative()
                    || time.isZero()
                    || time.compareTo(MOST_PATIENCE) > 0) {
                throw new IllegalArgumentException(
                        "the resolution delay is more than zero and at most "
                                + MOST_PATIENCE
                                + ", not "
                                + time);
            }
            resolutionDelay = time;
            return this;
        }

        /**
         * How often a silent server is asked; one that has said no is not asked again.
         *
         * @throws IllegalArgumentException unless from 1 to 10
         */
        public Builder rounds(int count) {
            rounds = inRange("rounds", count, 1, MOST_ROUNDS);
            return this;
        }

        /**
         * The longest answer that may come by UDP, which servers are told by EDNS (RFC 6891);
         * longer ones are asked for again by TCP.
         *
         * @throws IllegalArgumentException unless from 512 to 4096
         */
        public Builder udpBytes(int bytes) {
            udpBytes = inRange("udpBytes", bytes, LEAST_UDP_BYTES, MOST_UDP_BYTES);
            return this;
        }

        /**
         * How many questions may be under way, each of which has a socket or a few; one more fails
         * with {@code EBUSY}.
         *
         * @throws IllegalArgumentException unless from 1 to 65536
         */
        public Builder questions(int count) {
            questions = inRange("questions", count, 1, MOST_QUESTIONS);
            return this;
        }

        /**
         * What a {@link DnsResolver} puts behind names, one after the other, until there is one;
         * none to take names as they are. Those of the system at first, which are read when the
         * options are built.
         *
         * @throws IllegalArgumentException if one cannot be the end of a name
         */
        public Builder searchDomains(List<String> domains) {
            for (String each : Objects.requireNonNull(domains, "domains")) {
                try {
                    Name.fromString(each, Name.root);
                } catch (TextParseException notAName) {
                    throw new IllegalArgumentException(
                            "a search domain is a name: " + each, notAName);
                }
            }
            searchDomains = List.copyOf(domains);
            return this;
        }

        /**
         * How many dots a name has at least that is taken as it is before the search domains; see
         * ndots in resolv.conf(5). 1 at first. One that ends with a dot is never made longer.
         *
         * @throws IllegalArgumentException unless from 0 to 15
         */
        public Builder dots(int count) {
            dots = inRange("dots", count, 0, MOST_DOTS);
            return this;
        }

        /**
         * The file whose names and addresses a {@link DnsResolver} knows without asking, see
         * hosts(5); null for none. The system's at first. It is read again when it has changed, on
         * the threads for the loop's work. One that cannot be read is as if it were empty.
         */
        public Builder hostsFile(@Nullable Path file) {
            hostsFile = file;
            return this;
        }

        /**
         * How many answers a {@link DnsResolver} remembers, as long as they hold.
         *
         * @throws IllegalArgumentException unless at least 0
         */
        public Builder cacheEntries(int count) {
            cacheEntries = inRange("cacheEntries", count, 0, Integer.MAX_VALUE);
            return this;
        }

        public DnsOptions build() {
            return new DnsOptions(this);
        }

        private static int inRange(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        name + " is from " + least + " to " + most + ", not " + value);
            }
            return value;
        }

        private boolean readsSystem() {
            return servers.isEmpty() || searchDomains == null;
        }

        private static ResolverConfig system() {
            ResolverConfig.refresh();
            return ResolverConfig.getCurrentConfig();
        }

        private static List<InetSocketAddress> servers(@Nullable ResolverConfig system) {
            return Objects.requireNonNull(system).servers().stream()
                    .filter(each -> !each.isUnresolved())
                    .toList();
        }

        private static List<String> domains(@Nullable ResolverConfig system) {
            return Objects.requireNonNull(system).searchPath().stream()
                    .map(Object::toString)
                    .toList();
        }

        private static Path systemHosts() {
            String windows = System.getenv("SystemRoot");
            return windows == null
                    ? Path.of("/etc/hosts")
                    : Path.of(windows, "System32", "drivers", "etc", "hosts");
        }
    }
}
