// SPDX-License-Identifier: Apache-2.0

/** Servers that speak TLS: Millrace's, and Netty's with engines of the same context. */
@NullMarked
package io.millrace.benchmarks.tls;

import org.jspecify.annotations.NullMarked;
