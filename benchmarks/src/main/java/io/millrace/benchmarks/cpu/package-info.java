// SPDX-License-Identifier: Apache-2.0

/**
 * What a server costs in CPU time, and who else was on the CPUs meanwhile: read from the scheduler
 * at both ends of a window ({@link io.millrace.benchmarks.cpu.Reading}). The benchmarks of JMH and
 * those of processes measure by the same code.
 */
@NullMarked
package io.millrace.benchmarks.cpu;

import org.jspecify.annotations.NullMarked;
