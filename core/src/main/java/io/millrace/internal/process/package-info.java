// SPDX-License-Identifier: Apache-2.0
/** What implements {@link io.millrace.process}. */
@NullMarked
package io.millrace.internal.process;

import org.jspecify.annotations.NullMarked;
