// SPDX-License-Identifier: Apache-2.0
/**
 * Files that are read and written without blocking the loop. What holds of every handle is said in
 * {@link io.millrace}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.file;

import org.jspecify.annotations.NullMarked;
