// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

/**
 * How one look-up is made.
 *
 * @param <T> what is looked up
 */
interface LookupBody<T> {
    /** Finds the answer and ends the look-up with it, or sees to it that somebody does. */
    void run(LoopLookup<T> lookup) throws Exception;

    /** Gives up what {@link #run} has begun, if it can; on the loop's thread, when it has ended. */
    default void giveUp() {}
}
