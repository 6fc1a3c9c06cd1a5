// SPDX-License-Identifier: Apache-2.0
/** What implements {@link io.millrace.SignalWatch}. */
@NullMarked
package io.millrace.internal.signal;

import org.jspecify.annotations.NullMarked;
