// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Accepted;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connected descriptor on its way to a loop. Immutable, so that it may change threads; every
 * descriptor engine can adopt it.
 */
record AcceptedDescriptor(
        SystemCalls calls, int fd, int family, @Nullable SocketAddress remoteAddress)
        implements Accepted {
    @Override
    public void close() {
        calls.close(fd);
    }
}
