// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.Chunk;
import io.millrace.net.Datagram;
import io.millrace.spi.DatagramAddress;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.PoolChunk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Datagram}: what a socket shows of each in turn. */
public final class ReceivedDatagram implements Datagram {
    private final AddressBook book;

    /** For {@link #isFrom}. */
    private final DatagramAddress other = new DatagramAddress();

    private @Nullable PoolChunk chunk;
    private @Nullable DatagramInfo info;

    ReceivedDatagram(AddressBook book) {
        this.book = book;
    }

    void show(PoolChunk newChunk, DatagramInfo newInfo) {
        chunk = newChunk;
        info = newInfo;
    }

    void showNothing() {
        chunk = null;
        info = null;
    }

    DatagramInfo info() {
        DatagramInfo current = info;
        if (current == null) {
            throw new IllegalStateException(
                    "the callback that got the datagram is over; ask for its sender meanwhile, and"
                            + " keep() its data");
        }
        return current;
    }

    @Override
    public Chunk data() {
        info();
        return java.util.Objects.requireNonNull(chunk);
    }

    @Override
    public InetSocketAddress sender() {
        return book.objectOf(info().sender);
    }

    @Override
    public boolean isFrom(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            return false;
        }
        other.set(inet);
        return info().sender.isSame(other);
    }

    @Override
    public boolean isTruncated() {
        return info().truncated;
    }

    @Override
    public @Nullable InetAddress localAddress() {
        DatagramAddress local = info().local;
        return local.isKnown() ? book.objectOf(local).getAddress() : null;
    }

    @Override
    public int interfaceIndex() {
        return info().interfaceIndex;
    }

    @Override
    public int trafficClass() {
        return info().trafficClass;
    }

    @Override
    public int segmentBytes() {
        int bytes = info().segmentBytes;
        return bytes == 0 ? data().length() : bytes;
    }

    /** Any thread; it may be somebody else's turn by then. */
    @Override
    public String toString() {
        PoolChunk current = chunk;
        return "Datagram[" + (current == null ? "over" : current.length() + " bytes") + "]";
    }
}
