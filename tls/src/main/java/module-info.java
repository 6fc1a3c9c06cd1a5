// SPDX-License-Identifier: Apache-2.0

/**
 * TLS over any stream of bytes.
 *
 * @since 0.1.0
 */
module io.millrace.tls {
    requires transitive io.millrace.core;
    requires static org.jspecify;

    exports io.millrace.tls;
}
