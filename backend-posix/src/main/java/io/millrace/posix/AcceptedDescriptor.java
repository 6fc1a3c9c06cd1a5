// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connected descriptor on its way to a loop; every descriptor engine can adopt it. May change
 * threads, by whatever hands it over.
 *
 * <p>It is closed at most once: a second close could hit a descriptor that somebody else was given
 * the number for. So whoever adopts it takes it, and closing does nothing afterwards.
 */
final class AcceptedDescriptor implements Accepted {
    private static final int GONE = -1;

    private final SystemCalls calls;
    private final int family;
    private final @Nullable SocketAddress remoteAddress;
    private final boolean wasOthers;
    private final int takenError;
    private int fd;

    AcceptedDescriptor(
            SystemCalls calls, int fd, int family, @Nullable SocketAddress remoteAddress) {
        this(calls, fd, family, remoteAddress, false, Code.OK);
    }

    /**
     * @param wasOthers whether somebody may have sent by it without leaving a copy to the kernel
     * @param takenError what the poller that it comes from has heard of it and the kernel may have
     *     forgotten by that; nobody has been told
     */
    AcceptedDescriptor(
            SystemCalls calls,
            int fd,
            int family,
            @Nullable SocketAddress remoteAddress,
            boolean wasOthers,
            int takenError) {
        this.calls = calls;
        this.wasOthers = wasOthers;
        this.takenError = takenError;
        this.fd = fd;
        this.family = family;
        this.remoteAddress = remoteAddress;
    }

    int family() {
        return family;
    }

    @Nullable SocketAddress remoteAddress() {
        return remoteAddress;
    }

    boolean wasOthers() {
        return wasOthers;
    }

    int takenError() {
        return takenError;
    }

    /** The descriptor, which is the caller's from now on. */
    int take() {
        int taken = fd;
        fd = GONE;
        return taken;
    }

    @Override
    public void close() {
        int taken = take();
        if (taken != GONE) {
            calls.close(taken);
        }
    }
}
