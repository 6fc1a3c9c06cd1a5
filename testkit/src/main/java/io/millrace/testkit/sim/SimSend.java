// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A send that is pending: what was offered, and proof of what was in it.
 *
 * <p>As a kernel with its own copy of the segment list, it goes on with what it was given first,
 * not with what the stream would offer now. Memory that changes meanwhile is the loop's fault.
 */
final class SimSend {
    /** One send looks at no more: else a large write costs the square of its length. */
    private static final int MOST_BYTES = 64 << 10;

    private final SimDriver driver;
    private final ByteBuffer bytes;
    private final int fingerprint;
    private final Segment[] segments;
    private final @Nullable OpenFile file;
    private final long position;
    private final long count;

    private int @Nullable [] descriptors;
    private int @Nullable [] descriptorsBefore;

    private SimSend(
            SimDriver driver,
            Segment[] segments,
            @Nullable OpenFile file,
            long position,
            long count) {
        this.driver = driver;
        this.segments = segments;
        this.file = file;
        this.position = position;
        this.count = count;
        bytes = copy();
        fingerprint = bytes.hashCode();
    }

    static SimSend of(SimDriver driver, Gather gather) {
        if (gather.count() == 0 || gather.bytes() == 0) {
            throw driver.error("nothing was offered to send");
        }
        Segment[] segments = new Segment[gather.count()];
        for (int i = 0; i < segments.length; i++) {
            ByteBuffer whole = gather.buffer(i).duplicate().clear();
            int start = gather.start(i);
            segments[i] = new Segment(whole, start, start + gather.length(i));
        }
        return new SimSend(driver, segments, null, 0, 0);
    }

    /** Of memory that is somebody else's from now on. */
    static SimSend ofPassing(SimDriver driver, Gather gather) {
        ByteBuffer copy = of(driver, gather).bytes;
        Segment[] segments = {new Segment(copy, 0, copy.capacity())};
        return new SimSend(driver, segments, null, 0, 0);
    }

    static SimSend of(SimDriver driver, OpenFile file, long position, long count) {
        return new SimSend(driver, new Segment[0], file, position, count);
    }

    /** One byte, and descriptors that are to stay as they are. */
    static SimSend of(SimDriver driver, byte carrier, int[] descriptors) {
        ByteBuffer one = ByteBuffer.allocate(1).put(0, carrier);
        SimSend send = new SimSend(driver, new Segment[] {new Segment(one, 0, 1)}, null, 0, 0);
        send.descriptors = descriptors;
        send.descriptorsBefore = descriptors.clone();
        return send;
    }

    /** Tries once: bytes, {@code WOULD_BLOCK}, or a negative code. */
    int attempt(SimSocket socket) {
        if (file != null) {
            return SimFile.send(file, socket, position, count);
        }
        if (copy().hashCode() != fingerprint) {
            throw driver.error("the memory of a pending send was changed");
        }
        if (descriptors != null) {
            if (!Arrays.equals(descriptors, descriptorsBefore)) {
                throw driver.error("the descriptors of a pending send were changed");
            }
            return socket.sendDescriptors(bytes.get(0), descriptors);
        }
        return socket.send(bytes, 0, bytes.capacity());
    }

    private ByteBuffer copy() {
        int length = 0;
        for (Segment segment : segments) {
            length = Math.min(MOST_BYTES, length + segment.end - segment.start);
        }
        ByteBuffer copy = ByteBuffer.allocate(length);
        for (Segment segment : segments) {
            int end = Math.min(segment.end, segment.start + copy.remaining());
            for (int i = segment.start; i < end; i++) {
                copy.put(segment.buffer.get(i));
            }
        }
        return copy.flip();
    }

    private record Segment(ByteBuffer buffer, int start, int end) {}
}
