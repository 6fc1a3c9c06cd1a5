// SPDX-License-Identifier: Apache-2.0

/**
 * The {@code kqueue} backend: macOS and the BSDs, see kqueue(2).
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.kqueue;

import org.jspecify.annotations.NullMarked;
