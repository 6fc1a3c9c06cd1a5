// SPDX-License-Identifier: Apache-2.0

/**
 * What it takes to prove that a loop, or a backend below one, behaves as all others do.
 *
 * <ul>
 *   <li>{@code contract}: the contract suite, abstract test classes that any backend can run.
 *   <li>{@code sim}: simulated kernels, on which a loop runs deterministically, with faults, from a
 *       seed. Programs that use Millrace can test their own protocols on them.
 *   <li>{@code referee}: watches the boundary between loop and driver, whatever runs above it.
 *   <li>{@code script}: plays the loop's part at that boundary, one command at a time.
 *   <li>here: meters of allocation and of turns.
 * </ul>
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
