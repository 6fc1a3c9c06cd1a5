// SPDX-License-Identifier: Apache-2.0
/** Which backend a loop gets, and what was set for it. Not exported. */
@NullMarked
package io.millrace.internal.backend;

import org.jspecify.annotations.NullMarked;
