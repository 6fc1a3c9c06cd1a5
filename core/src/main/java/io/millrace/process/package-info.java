// SPDX-License-Identifier: Apache-2.0
/**
 * Pipes, terminals, children, and what else one process has to do with others of its machine.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.process;

import org.jspecify.annotations.NullMarked;
