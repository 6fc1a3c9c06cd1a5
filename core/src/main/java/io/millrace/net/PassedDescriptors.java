// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.internal.stream.ArrivedDescriptors;

/**
 * Descriptors that a peer has passed: duplicates of its own, which child processes do not inherit.
 * Good until the {@link DescriptorHandler} returns; what was not taken by then is closed.
 */
public sealed interface PassedDescriptors permits ArrivedDescriptors {
    /** How many there are: at most 253. */
    int count();

    /**
     * Takes one, which is the caller's to close from now on.
     *
     * @param index in the order in which they were passed, from 0
     * @throws IllegalStateException if it was taken before, or the handler has returned
     */
    int take(int index);

    /**
     * Whether there were more, for which this process had no descriptors left. The kernel has
     * closed those.
     */
    boolean someWereLost();
}
