// SPDX-License-Identifier: Apache-2.0

/**
 * Event loops seen from other threads and from their own: what it costs to give them a task, to
 * wake them, and to let them take one turn.
 */
@NullMarked
package io.millrace.benchmarks.loop;

import org.jspecify.annotations.NullMarked;
