// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import org.jspecify.annotations.Nullable;

/**
 * Somebody else's descriptor, or channel, for a poller to watch: level-triggered, whatever the
 * poller does with sockets, and reported by {@link Poller.Ready#watched}.
 */
public class RawWatch extends Pollable {
    private final int descriptor;

    /** For the reactor alone: the port that is told, until it is closed. */
    @Nullable ReactorWatch port;

    /**
     * @param descriptor the kernel's number, or -1 if it is not known
     */
    public RawWatch(int descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    public final int descriptor() {
        return descriptor;
    }
}
