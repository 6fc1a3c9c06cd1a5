// SPDX-License-Identifier: Apache-2.0

/**
 * Benchmarks of JMH in turns. Every subject of a chart has a virtual machine of its own ({@link
 * io.millrace.benchmarks.paired.Worker}), in which JMH runs as ever; but before each iteration that
 * counts it waits until it is told to go on ({@link io.millrace.benchmarks.paired.TurnFormat}). So
 * all are warm and only one of them works, and one round after the other lets each have its turn,
 * there and back ({@link io.millrace.benchmarks.paired.PairedRun}).
 *
 * <p>Who waits for its turn waits for a line on a pipe, its server in its system call. What that
 * costs the one whose turn it is shows as CPU time of others.
 */
@NullMarked
package io.millrace.benchmarks.paired;

import org.jspecify.annotations.NullMarked;
