// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which of a host's addresses to try first: RFC 6724, section 6, with the policy table of section
 * 2.1. Servers answer in any order, and what is best depends on the addresses that this host has.
 *
 * <p>Of its rules, 3, 4 and 7 ask for what no Java program is told (whether an own address is
 * deprecated, a home address, or at a tunnel) and are passed over. Rule 9, the longest common
 * prefix, is kept to IPv6: of IPv4 it would undo what servers spread their load by.
 */
final class AddressOrder {
    /** More than any host has in earnest; the rest of such an answer follows as it came. */
    private static final int MOST_SORTED = 64;

    /** What a prefix is compared up to, since behind it there is the interface. */
    private static final int PREFIX_BITS = 64;

    /** Any port will do: nothing is sent. */
    private static final int PORT = 53;

    private static final int SCOPE_LINK = 0x2;
    private static final int SCOPE_SITE = 0x5;
    private static final int SCOPE_GLOBAL = 0xe;

    /** One line of the policy table. */
    private static final class Policy {
        final byte[] prefix;
        final int bits;
        final int precedence;
        final int label;

        Policy(byte[] prefix, int bits, int precedence, int label) {
            this.prefix = prefix;
            this.bits = bits;
            this.precedence = precedence;
            this.label = label;
        }
    }

    /** The longest prefix first. */
    private static final List<Policy> POLICIES =
            List.of(
                    policy(128, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
                    policy(96, 35, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
                    policy(96, 1, 3),
                    policy(32, 5, 5, 0x20, 0x01, 0, 0),
                    policy(16, 30, 2, 0x20, 0x02),
                    policy(16, 1, 12, 0x3f, 0xfe),
                    policy(10, 1, 11, 0xfe, 0xc0),
                    policy(7, 3, 13, 0xfc),
                    policy(0, 40, 1));

    /** A destination with what its place follows from. */
    private record Ranked(
            InetAddress address,
            boolean usable,
            boolean sameScope,
            boolean sameLabel,
            int precedence,
            int scope,
            int prefix) {}

    private static final Comparator<Ranked> BEST_FIRST =
            Comparator.comparing(Ranked::usable, Comparator.reverseOrder())
                    .thenComparing(Ranked::sameScope, Comparator.reverseOrder())
                    .thenComparing(Ranked::sameLabel, Comparator.reverseOrder())
                    .thenComparing(Ranked::precedence, Comparator.reverseOrder())
                    .thenComparing(Ranked::scope)
                    .thenComparing(Ranked::prefix, Comparator.reverseOrder());

    /** Of this host. */
    static final AddressOrder OF_HOST = new AddressOrder(AddressOrder::sourceFor);

    private final Function<InetAddress, @Nullable InetAddress> sources;

    /**
     * @param sources which own address would be used for a destination; null if it is not reached
     */
    AddressOrder(Function<InetAddress, @Nullable InetAddress> sources) {
        this.sources = sources;
    }

    /** The best first; those that are as good as each other in the order in which they came. */
    List<InetAddress> sorted(List<InetAddress> found) {
        if (found.size() < 2) {
            return List.copyOf(found);
        }
        int count = Math.min(found.size(), MOST_SORTED);
        List<InetAddress> order = new ArrayList<>();
        found.subList(0, count).stream()
                .map(this::ranked)
                .sorted(BEST_FIRST)
                .forEach(each -> order.add(each.address));
        order.addAll(found.subList(count, found.size()));
        return List.copyOf(order);
    }

    private Ranked ranked(InetAddress address) {
        InetAddress source = sources.apply(address);
        Policy policy = policyOf(address);
        int scope = scopeOf(address);
        return new Ranked(
                address,
                source != null,
                source != null && scopeOf(source) == scope,
                source != null && policyOf(source).label == policy.label,
                policy.precedence,
                scope,
                source == null ? 0 : commonPrefix(source, address));
    }

    /** Connecting a datagram socket sends nothing, and chooses the address that it would have. */
    private static @Nullable InetAddress sourceFor(InetAddress destination) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.connect(new InetSocketAddress(destination, PORT));
            return probe.getLocalAddress() instanceof InetSocketAddress own
                    ? own.getAddress()
                    : null;
        } catch (IOException | RuntimeException notReached) {
            // There is no way there: not for a packet, or not for this process.
            return null;
        }
    }

    private static Policy policy(int bits, int precedence, int label, int... prefix) {
        byte[] bytes = new byte[16];
        for (int i = 0; i < prefix.length; i++) {
            bytes[i] = (byte) prefix[i];
        }
        return new Policy(bytes, bits, precedence, label);
    }

    private static Policy policyOf(InetAddress address) {
        byte[] bytes = mapped(address);
        for (Policy each : POLICIES) {
            if (commonBits(each.prefix, bytes) >= each.bits) {
                return each;
            }
        }
        throw new AssertionError("everything begins like the last line");
    }

    /** RFC 6724, 3.2: those of IPv4 have scopes as well, and loopback is of the link. */
    private static int scopeOf(InetAddress address) {
        if (address.isMulticastAddress() && address instanceof Inet6Address) {
            return address.getAddress()[1] & 0xf;
        }
        if (address.isLinkLocalAddress() || address.isLoopbackAddress()) {
            return SCOPE_LINK;
        }
        boolean ofSite = address instanceof Inet6Address && address.isSiteLocalAddress();
        return ofSite ? SCOPE_SITE : SCOPE_GLOBAL;
    }

    private static int commonPrefix(InetAddress source, InetAddress destination) {
        boolean areSix = source instanceof Inet6Address && destination instanceof Inet6Address;
        return areSix
                ? Math.min(PREFIX_BITS, commonBits(source.getAddress(), destination.getAddress()))
                : 0;
    }

    /** IPv4 as ::ffff:0:0/96, which is how the policy table names it. */
    private static byte[] mapped(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 16) {
            return bytes;
        }
        byte[] six = new byte[16];
        six[10] = (byte) 0xff;
        six[11] = (byte) 0xff;
        System.arraycopy(bytes, 0, six, 12, bytes.length);
        return six;
    }

    private static int commonBits(byte[] one, byte[] other) {
        for (int i = 0; i < one.length; i++) {
            int difference = (one[i] ^ other[i]) & 0xff;
            if (difference != 0) {
                return Byte.SIZE * i + Integer.numberOfLeadingZeros(difference) - 24;
            }
        }
        return Byte.SIZE * one.length;
    }
}
