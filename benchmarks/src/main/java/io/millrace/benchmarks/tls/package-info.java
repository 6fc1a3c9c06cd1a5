// SPDX-License-Identifier: Apache-2.0

/** TLS, in pairs with Netty's handler of it. */
@NullMarked
package io.millrace.benchmarks.tls;

import org.jspecify.annotations.NullMarked;
