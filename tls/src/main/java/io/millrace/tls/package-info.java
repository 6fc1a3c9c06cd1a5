// SPDX-License-Identifier: Apache-2.0
/**
 * TLS over any stream of bytes: {@link io.millrace.tls.TlsStream} is a {@link
 * io.millrace.net.ByteStream} on top of another, driven by any {@link javax.net.ssl.SSLEngine}.
 *
 * <p>{@link io.millrace.tls.TlsContext} says how, {@link io.millrace.tls.TlsServer} listens.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.tls;

import org.jspecify.annotations.NullMarked;
