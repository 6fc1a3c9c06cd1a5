// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

/**
 * What a worker and its parent say to each other, a line each. All lines of the worker that do not
 * begin with {@link #MARK} are what JMH, the virtual machine or a library has printed.
 */
final class Wire {
    /** The beginning of a worker's line that is for its parent. */
    static final String MARK = "@millrace ";

    /** It waits for its turn. */
    static final String READY = MARK + "ready";

    /** Before a {@link Turn} in JSON. */
    static final String TURN = MARK + "turn ";

    /** Before all that JMH has to say, in its JSON, at the end. */
    static final String RESULT = MARK + "result ";

    /** The parent's line that lets a worker have its turn. */
    static final String GO = "go";

    private Wire() {}
}
