// SPDX-License-Identifier: Apache-2.0

/** Timers by the million: Millrace's, Netty's hashed wheel, and the JDK's scheduler. */
@NullMarked
package io.millrace.benchmarks.timer;

import org.jspecify.annotations.NullMarked;
