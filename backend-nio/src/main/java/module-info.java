// SPDX-License-Identifier: Apache-2.0

/**
 * The backend on {@code java.nio}: no native code.
 *
 * @since 0.1.0
 */
module io.millrace.nio {
    requires io.millrace.core;
    // For the times of keep-alive; without it those options are EOPNOTSUPP.
    requires static jdk.net;
    requires static org.jspecify;

    provides io.millrace.spi.BackendProvider with
            io.millrace.nio.NioBackend;
}
