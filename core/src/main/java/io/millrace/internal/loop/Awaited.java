// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

/** What is in flight without a handle, and has to end even if its loop's driver cannot end it. */
public interface Awaited {
    /** Ends as cancelled; on the loop's thread. What comes later of the operation is nobody's. */
    void abandon();

    /**
     * Its loop is about to close and waits for it; on the loop's thread, once a turn. What nobody
     * would want to wait for ends as cancelled, later.
     */
    default void loopCloses() {}
}
