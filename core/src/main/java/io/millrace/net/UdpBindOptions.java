// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

/** How a {@link UdpSocket} is bound. Immutable; {@link #builder} makes one. */
public final class UdpBindOptions {
    /** What a builder begins with. */
    public static final UdpBindOptions DEFAULT = builder().build();

    private final boolean reuseAddress;
    private final boolean reusePort;
    private final boolean ipv6Only;

    private UdpBindOptions(Builder builder) {
        reuseAddress = builder.reuseAddress;
        reusePort = builder.reusePort;
        ipv6Only = builder.ipv6Only;
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#reuseAddress}. */
    public boolean reuseAddress() {
        return reuseAddress;
    }

    /** See {@link Builder#reusePort}. */
    public boolean reusePort() {
        return reusePort;
    }

    /** See {@link Builder#ipv6Only}. */
    public boolean ipv6Only() {
        return ipv6Only;
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private boolean reuseAddress;
        private boolean reusePort;
        private boolean ipv6Only;

        private Builder() {}

        /**
         * SO_REUSEADDR, and on the BSDs and macOS SO_REUSEPORT with it: several sockets that say so
         * may be bound to one address, as the receivers of a multicast group on one host have to.
         * What is for one host alone goes to one of them, the system says which. Off at first.
         */
        public Builder reuseAddress(boolean on) {
            reuseAddress = on;
            return this;
        }

        /**
         * SO_REUSEPORT: share the address with other sockets of the same user, among which the
         * kernel spreads datagrams, those of one sender always to the same. Fails with {@code
         * EOPNOTSUPP} where it does not. Off at first.
         */
        public Builder reusePort(boolean on) {
            reusePort = on;
            return this;
        }

        /**
         * IPV6_V6ONLY: a socket that is bound to an IPv6 address leaves IPv4 to others. Otherwise
         * one that is bound to the wildcard address receives both. Fails with {@code EOPNOTSUPP} on
         * {@code nio}. Off at first.
         */
        public Builder ipv6Only(boolean on) {
            ipv6Only = on;
            return this;
        }

        public UdpBindOptions build() {
            return new UdpBindOptions(this);
        }
    }
}
