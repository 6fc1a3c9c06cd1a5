// SPDX-License-Identifier: Apache-2.0

/**
 * What can be said of figures taken in rounds, in each of which all that is compared had its turn:
 * medians and ratios with intervals that promise nothing of how figures are distributed ({@link
 * io.millrace.benchmarks.statistics.Interval}), whether two subjects are told apart ({@link
 * io.millrace.benchmarks.statistics.Comparison}), and what order that leaves ({@link
 * io.millrace.benchmarks.statistics.Ranking}).
 */
@NullMarked
package io.millrace.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
