// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramPort;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The groups that a socket is a member of. Kept here because systems differ in what they say of a
 * membership that is there already: Linux, for one, takes a member of all sources for one of a
 * single source from then on, without a word.
 */
final class Memberships {
    private final Set<Membership> all = new LinkedHashSet<>();

    private record Membership(InetAddress group, int link, @Nullable InetAddress source) {}

    /** OK, or why it is no member more than before. */
    int join(DatagramPort port, InetAddress group, int link, @Nullable InetAddress source) {
        Membership wanted = new Membership(group, link, source);
        if (all.contains(wanted)) {
            return Code.ADDRESS_IN_USE;
        }
        for (Membership each : all) {
            boolean isOfOtherKind = (each.source() == null) != (source == null);
            if (each.link() == link && each.group().equals(group) && isOfOtherKind) {
                return source == null ? Code.ADDRESS_IN_USE : Code.INVALID_ARGUMENT;
            }
        }
        int result = port.join(group, link, source);
        if (result == Code.OK) {
            all.add(wanted);
        }
        return result;
    }

    /** OK, or why not. */
    int leave(DatagramPort port, InetAddress group, int link, @Nullable InetAddress source) {
        Membership given = new Membership(group, link, source);
        if (!all.contains(given)) {
            return Code.ADDRESS_NOT_AVAILABLE;
        }
        int result = port.leave(group, link, source);
        if (result == Code.OK) {
            all.remove(given);
        }
        return result;
    }

    @Override
    public String toString() {
        return all.toString();
    }
}
