// SPDX-License-Identifier: Apache-2.0

/**
 * {@code ./millrace bench}: chooses what to run, runs it piece by piece under JMH, and hands what
 * came out to the report.
 *
 * <p>Every piece is one benchmark with one set of parameters on one subject, in a JMH run of its
 * own. So there is something to report after each of them, and one that fails stops no other.
 */
@NullMarked
package io.millrace.benchmarks.command;

import org.jspecify.annotations.NullMarked;
