// SPDX-License-Identifier: Apache-2.0

/**
 * A transport for Netty.
 *
 * @since 0.1.0
 */
module io.millrace.netty {
    requires transitive io.millrace.core;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    requires static io.netty.transport.unix.common;
    requires static org.jspecify;

    exports io.millrace.netty;
}
