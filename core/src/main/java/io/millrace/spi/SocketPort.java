// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.NumberedOption;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A port whose descriptor is a socket, which has an address and options. */
public interface SocketPort extends Port {
    /** The bound address, or null while there is none. */
    @Nullable SocketAddress localAddress();

    /** Sets an option now: {@link Code#OK} or a negative code. */
    int setOption(PortOption option, int value);

    /** The option's value, or a negative code. */
    int getOption(PortOption option);

    /**
     * Sets an option by the system's numbers: {@link Code#OK} or a negative code. Only where {@link
     * Capabilities#descriptors}.
     */
    default int setOption(NumberedOption option) {
        return Code.NOT_SUPPORTED;
    }

    /**
     * The value of an option by the system's numbers.
     *
     * @param into gets the value at index 0
     * @return {@link Code#OK} or a negative code
     */
    default int getOption(int level, int name, int[] into) {
        return Code.NOT_SUPPORTED;
    }
}
