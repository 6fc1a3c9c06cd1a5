// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Accepted;
import org.jspecify.annotations.Nullable;

/** Non-blocking accept on a listening socket. */
public abstract class RawListener extends RawSocket {
    protected RawListener() {}

    /**
     * Accepts one connection into {@link #accepted()}: 1, {@link io.millrace.spi.Code#WOULD_BLOCK},
     * or another negative code. EINTR is retried inside.
     */
    public abstract int accept();

    /** Hands over what {@link #accept} took; null if taken before. */
    public abstract @Nullable Accepted accepted();
}
