// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramPort;
import io.netty.channel.ChannelPromise;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The groups that a datagram channel is a member of. Loop thread only.
 *
 * <p>A socket is bound as it is made, and where to is not known before the channel is. What joins
 * earlier is tried on a socket that is closed at once, so that who asked hears what the system says
 * of it, and is joined when there is the channel's own.
 */
final class Memberships {
    private final MillraceDatagramChannel channel;

    /** What was joined before there is a socket. */
    private final Set<Membership> early = new LinkedHashSet<>(0);

    Memberships(MillraceDatagramChannel channel) {
        this.channel = channel;
    }

    /** A group as it is heard on one interface, or that of the system's choice; of one source. */
    record Membership(
            InetAddress group, @Nullable NetworkInterface link, @Nullable InetAddress source) {
        private int index() {
            return link == null ? 0 : link.getIndex();
        }

        int join(DatagramPort port) {
            return port.join(group, index(), source);
        }

        int leave(DatagramPort port) {
            return port.leave(group, index(), source);
        }
    }

    void join(Membership wanted, ChannelPromise promise) {
        try {
            ensureOpen();
            DatagramPort port = channel.port();
            ensure(port == null ? joinEarly(wanted) : wanted.join(port), "join ", wanted);
            promise.trySuccess();
        } catch (Throwable failure) {
            promise.tryFailure(failure);
        }
    }

    private int joinEarly(Membership wanted) throws IoException {
        DatagramPort trial = channel.portAt(channel.anyNear(wanted.group()), false, false);
        try {
            int result = wanted.join(trial);
            return result == Code.OK && !early.add(wanted) ? Code.ADDRESS_IN_USE : result;
        } finally {
            trial.close();
        }
    }

    void leave(Membership unwanted, ChannelPromise promise) {
        try {
            ensureOpen();
            DatagramPort port = channel.port();
            ensure(port == null ? leaveEarly(unwanted) : unwanted.leave(port), "leave ", unwanted);
            promise.trySuccess();
        } catch (Throwable failure) {
            promise.tryFailure(failure);
        }
    }

    private int leaveEarly(Membership unwanted) {
        return early.remove(unwanted) ? Code.OK : Code.ADDRESS_NOT_AVAILABLE;
    }

    /** There is a socket now. */
    void joinAll(DatagramPort port) throws IoException {
        for (Membership each : early) {
            ensure(each.join(port), "join ", each);
        }
        early.clear();
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void ensure(int result, String operation, Membership of) throws IoException {
        if (result < 0) {
            throw IoException.of(result, operation + of.group(), channel.localAddress());
        }
    }
}
