// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.posix.Libc;
import io.millrace.posix.MessageLayout;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketAddressCodec;
import io.millrace.posix.SocketAddressLayout;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import java.net.SocketAddress;

/**
 * What submissions point to: message headers, lists of segments, socket addresses; one place for
 * each place of the submission queue.
 *
 * <p>The kernel copies all of it when it takes the submission. So a place is free again exactly
 * when its entry is, and nobody has to keep account. Loop thread only.
 */
final class Scratch {
    /** One send names at most this many segments: enough to fill a socket with small ones. */
    static final int MAXIMUM_SEGMENTS = 64;

    /** A header, which is zero where nothing is written, so nothing else is written there. */
    private static final int HEADER = 0;

    /** A list of segments, or an address. */
    private static final int BODY = 64;

    private static final int PLACE_BYTES = BODY + MAXIMUM_SEGMENTS * MessageLayout.SEGMENT_BYTES;

    /** One more than the submission queue has: no submission points to the last. */
    private final NativeMemory memory;

    private final int places;
    private final SocketAddressCodec codec;
    private final MessageLayout messages;

    Scratch(int places, Platform platform) {
        assert SocketAddressLayout.MAXIMUM_BYTES <= PLACE_BYTES - BODY;
        this.places = places;
        memory = NativeMemory.allocate((places + 1) * PLACE_BYTES);
        codec = new SocketAddressCodec(platform.addresses());
        messages = platform.messages();
    }

    /** Writes a header for sendmsg(2) with the segments of {@code from}; answers where it is. */
    long putMessage(int place, Gather from) {
        int header = place * PLACE_BYTES + HEADER;
        int body = place * PLACE_BYTES + BODY;
        messages.putHeader(memory, header, memory.address(body), from.count());
        for (int i = 0; i < from.count(); i++) {
            int segment = body + i * MessageLayout.SEGMENT_BYTES;
            MessageLayout.putSegment(memory, segment, segmentAddress(from, i), from.length(i));
        }
        return memory.address(header);
    }

    /**
     * Writes a header for a multishot recvmsg, which says how much room there is to be for an
     * address and for control data; answers where it is.
     */
    long putReceiveHeader(int place, int nameBytes, int controlBytes) {
        int header = place * PLACE_BYTES + BODY;
        memory.zero(header, messages.headerBytes());
        messages.putName(memory, header, 0, nameBytes);
        messages.putControl(memory, header, 0, controlBytes);
        return memory.address(header);
    }

    /** Where the bytes of a segment are; a JNI call if only its buffer knows. */
    static long segmentAddress(Gather from, int index) {
        long address = from.address(index);
        return address != 0
                ? address
                : Libc.addressOf(from.buffer(index)) + from.buffer(index).position();
    }

    /** Whether {@link #putAddress} can write an address: OK, or why not. */
    int check(SocketAddress address, int family) {
        try {
            codec.write(address, family, memory, places * PLACE_BYTES + BODY);
            return Code.OK;
        } catch (IoException e) {
            return e.code();
        }
    }

    /** Writes a socket address, at {@link #addressOf} of the place, and answers its length. */
    int putAddress(int place, SocketAddress address, int family) throws IoException {
        return codec.write(address, family, memory, place * PLACE_BYTES + BODY);
    }

    long addressOf(int place) {
        return memory.address(place * PLACE_BYTES + BODY);
    }
}
