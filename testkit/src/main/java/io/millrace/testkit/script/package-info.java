// SPDX-License-Identifier: Apache-2.0

/**
 * The loop's part at the driver boundary, played by a test one command at a time: sinks that write
 * down what they hear, and a context that does what a loop would.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit.script;

import org.jspecify.annotations.NullMarked;
