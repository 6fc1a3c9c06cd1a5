// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.xbill.DNS.ResolverConfig;

/** Whom to ask, and how patiently. Immutable; any thread. */
public final class DnsOptions {
    /** The port of name servers. */
    public static final int DNS_PORT = 53;

    /** How long a server may be silent at first. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(1);

    /** How often each server is asked that is silent. */
    public static final int DEFAULT_ROUNDS = 3;

    /** What passes everywhere in one piece, as servers agreed on the flag day of 2020. */
    public static final int DEFAULT_UDP_BYTES = 1232;

    /** How many questions may be under way. */
    public static final int DEFAULT_QUESTIONS = 1024;

    private static final int LEAST_UDP_BYTES = 512;
    private static final int MOST_UDP_BYTES = 4096;
    private static final int MOST_ROUNDS = 10;
    private static final int MOST_QUESTIONS = 65_536;
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(1);

    private final List<InetSocketAddress> servers;
    private final Duration patience;
    private final int rounds;
    private final int udpBytes;
    private final int questions;

    private DnsOptions(Builder builder) {
        servers = builder.servers.isEmpty() ? Builder.systemServers() : builder.servers;
        patience = builder.patience;
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

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private List<InetSocketAddress> servers = List.of();
        private Duration patience = DEFAULT_PATIENCE;
        private int rounds = DEFAULT_ROUNDS;
        private int udpBytes = DEFAULT_UDP_BYTES;
        private int questions = DEFAULT_QUESTIONS;

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

        private static List<InetSocketAddress> systemServers() {
            ResolverConfig.refresh();
            List<InetSocketAddress> found = ResolverConfig.getCurrentConfig().servers();
            return found.stream().filter(each -> !each.isUnresolved()).toList();
        }
    }
}
