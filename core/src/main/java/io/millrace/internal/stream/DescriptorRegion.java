// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.spi.Gather;
import io.millrace.spi.StreamPort;

/** One byte in a write queue, with which descriptors go. They are the writer's. */
final class DescriptorRegion extends WriteRegion {
    private final byte carrier;
    private final int[] descriptors;

    DescriptorRegion(byte carrier, int[] descriptors) {
        super(0, 1);
        this.carrier = carrier;
        this.descriptors = descriptors;
    }

    @Override
    int sendBy(StreamPort port, long most) {
        return port.sendDescriptors(carrier, descriptors);
    }

    @Override
    boolean isInMemory() {
        return true;
    }

    /** It goes by a call of its own. */
    @Override
    void gather(Gather into) {}

    @Override
    void close() {}
}
