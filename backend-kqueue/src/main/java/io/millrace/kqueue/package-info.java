// SPDX-License-Identifier: Apache-2.0

/** The {@code kqueue} backend: macOS and the BSDs, see kqueue(2). */
@NullMarked
package io.millrace.kqueue;

import org.jspecify.annotations.NullMarked;
