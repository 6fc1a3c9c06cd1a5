// SPDX-License-Identifier: Apache-2.0

/**
 * Echo servers as processes, whatever they are written in: what a request costs each of them in CPU
 * time, how fast it answers, and what it holds in memory.
 *
 * <p>{@link io.millrace.benchmarks.process.ProcessBench} is the program. It starts every server on
 * one CPU ({@link io.millrace.benchmarks.process.ServerProcess}) and one process that loads them on
 * another ({@link io.millrace.benchmarks.process.LoadGenerator}), and gives each server its turn
 * within each repetition, there and back ({@link io.millrace.benchmarks.process.Session}). Linux
 * only: the figures are the scheduler's, from {@code /proc}.
 */
@NullMarked
package io.millrace.benchmarks.process;

import org.jspecify.annotations.NullMarked;
