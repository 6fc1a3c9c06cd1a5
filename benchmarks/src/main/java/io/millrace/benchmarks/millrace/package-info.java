// SPDX-License-Identifier: Apache-2.0

/** Millrace under measurement, through nothing but its public API. */
@NullMarked
package io.millrace.benchmarks.millrace;

import org.jspecify.annotations.NullMarked;
