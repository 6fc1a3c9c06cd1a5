// SPDX-License-Identifier: Apache-2.0

/** Smart-socket under measurement, an event-driven library on NIO.2. */
@NullMarked
package io.millrace.benchmarks.smart;

import org.jspecify.annotations.NullMarked;
