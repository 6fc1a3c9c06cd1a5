// SPDX-License-Identifier: Apache-2.0
/** What parses bytes of others, as targets of a fuzzer. */
@NullMarked
package io.millrace.fuzz;

import org.jspecify.annotations.NullMarked;
