// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import org.jspecify.annotations.Nullable;

/** Makes datagram sockets. Used where its driver may be. If a method throws, nothing stays open. */
public interface DatagramEngine {
    /** Makes a socket and binds it, at once. */
    DatagramPort bind(DatagramSpec spec, DatagramSink sink) throws IoException;

    /**
     * Why ports answer {@link Code#NOT_SUPPORTED} to an option, if there is more to say than that
     * the system does not have it.
     */
    default @Nullable String whyUnsupported(DatagramOption option) {
        return null;
    }
}
