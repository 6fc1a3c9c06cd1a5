// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.IoException;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSpec;
import org.jspecify.annotations.Nullable;

/** Opens the datagram sockets of one family of calls. */
public interface RawDatagrams {
    /** See {@link io.millrace.spi.DatagramEngine#bind}. */
    RawDatagram bind(DatagramSpec spec) throws IoException;

    /** See {@link io.millrace.spi.DatagramEngine#whyUnsupported}. */
    default @Nullable String whyUnsupported(DatagramOption option) {
        return null;
    }
}
