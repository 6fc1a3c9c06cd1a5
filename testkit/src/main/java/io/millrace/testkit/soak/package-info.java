// SPDX-License-Identifier: Apache-2.0
/**
 * A long time at full load, with connections that come and go, pauses, resets and faults, and
 * whether anything grows meanwhile: {@link io.millrace.testkit.soak.Soak} runs it for each backend
 * in a process of its own and prints a table.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit.soak;

import org.jspecify.annotations.NullMarked;
