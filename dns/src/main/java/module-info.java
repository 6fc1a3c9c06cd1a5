// SPDX-License-Identifier: Apache-2.0

/**
 * Names looked up by DNS, on sockets of the loop that asks.
 *
 * @since 0.1.0
 */
module io.millrace.dns {
    requires transitive io.millrace.core;
    requires transitive org.dnsjava;
    requires static org.jspecify;

    exports io.millrace.dns;
}
