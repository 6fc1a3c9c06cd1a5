// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import org.jspecify.annotations.Nullable;

/**
 * What the load generator answers, as a line of JSON.
 *
 * @param window what it measured, or null
 * @param failure why there is no window, or null
 */
record LoadReply(@Nullable Window window, @Nullable String failure) {}
