// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.NumberedOption;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What raw listeners and raw streams share: non-blocking calls that answer codes. No policy. */
public abstract class RawSocket extends Pollable {
    protected RawSocket() {}

    public abstract @Nullable SocketAddress localAddress();

    public abstract int setOption(PortOption option, int value);

    public abstract int getOption(PortOption option);

    /** See {@link io.millrace.spi.SocketPort#setOption(NumberedOption)}. */
    public int setOption(NumberedOption option) {
        return Code.NOT_SUPPORTED;
    }

    /** See {@link io.millrace.spi.SocketPort#getOption(int, int, int[])}. */
    public int getOption(int level, int name, int[] into) {
        return Code.NOT_SUPPORTED;
    }

    /** Closes the descriptor, at once where the kernel allows it. Errors are not of interest. */
    public abstract void close();
}
