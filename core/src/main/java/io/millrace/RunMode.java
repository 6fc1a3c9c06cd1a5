// SPDX-License-Identifier: Apache-2.0
package io.millrace;

/** How long {@link EventLoop#run(RunMode)} goes on. */
public enum RunMode {
    /** Until the loop is stopped or has nothing left to do. */
    DEFAULT,
    /** One turn, which waits for an event if there is nothing to do at once. */
    ONCE,
    /** One turn that never waits. */
    NOWAIT
}
