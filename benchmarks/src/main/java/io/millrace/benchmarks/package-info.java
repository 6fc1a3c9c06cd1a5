// SPDX-License-Identifier: Apache-2.0

/** Benchmarks: one backend against the next, and Millrace against its peers. */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
