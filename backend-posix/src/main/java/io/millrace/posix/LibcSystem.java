// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Descriptors;
import io.millrace.spi.SystemServices;

/** What libc has beside sockets, for one loop. */
final class LibcSystem implements SystemServices {
    /** Bound once, when the first loop needs one of them. */
    static final class Functions {
        static final SystemFunctions ONLY = Libc.bind(SystemFunctions.class);
    }

    private final LibcDescriptors descriptors;

    LibcSystem(
            SystemCalls systemCalls,
            SocketCalls socketCalls,
            SocketOptions options,
            Platform platform) {
        descriptors = new LibcDescriptors(systemCalls, socketCalls, options, platform);
    }

    @Override
    public Descriptors descriptors() {
        return descriptors;
    }
}
