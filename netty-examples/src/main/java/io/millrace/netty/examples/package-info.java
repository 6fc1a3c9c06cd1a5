// SPDX-License-Identifier: Apache-2.0

/**
 * What people run on Netty, on Millrace's transport: servers by Netty itself, gRPC, Vert.x and
 * Reactor Netty. In each there is one line that matters, and the rest is as it was.
 */
@NullMarked
package io.millrace.netty.examples;

import org.jspecify.annotations.NullMarked;
