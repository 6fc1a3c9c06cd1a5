// SPDX-License-Identifier: Apache-2.0
/**
 * Playing the kernel: answers that a real one gives rarely, given on purpose.
 *
 * <p>Engines make their system calls through an interface of their own. A test puts an {@link
 * io.millrace.testkit.kernel.Interposer} between engine and kernel; most calls pass through it, and
 * the ones the test is about are answered as it says.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit.kernel;

import org.jspecify.annotations.NullMarked;
