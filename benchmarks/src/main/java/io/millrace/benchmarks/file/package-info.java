// SPDX-License-Identifier: Apache-2.0

/**
 * Random access to a file by blocks, several at once, from one thread that hears of each end: by
 * {@link io.millrace.file.AsyncFile} on every backend, and by what the JDK has for it.
 */
@NullMarked
package io.millrace.benchmarks.file;

import org.jspecify.annotations.NullMarked;
