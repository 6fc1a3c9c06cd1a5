// SPDX-License-Identifier: Apache-2.0

/**
 * Figures for a person to read: as a table, as a page with charts, and as pictures of those.
 *
 * <p>It knows nothing of how they came about. Who measures makes a {@link
 * io.millrace.benchmarks.report.Section} of {@link io.millrace.benchmarks.report.Measurement}s, and
 * puts it into a {@link io.millrace.benchmarks.report.ReportDirectory}, where the sections of
 * others stay as they are.
 */
@NullMarked
package io.millrace.benchmarks.report;

import org.jspecify.annotations.NullMarked;
