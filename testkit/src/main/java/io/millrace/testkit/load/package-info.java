// SPDX-License-Identifier: Apache-2.0
/**
 * Load that does not stop by itself, and what a quiet neighbour on the same loop feels of it:
 * {@link io.millrace.testkit.load.NeighbourWaits} prints it for each backend, the suite's contract
 * of fairness asserts what does not depend on the machine.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit.load;

import org.jspecify.annotations.NullMarked;
