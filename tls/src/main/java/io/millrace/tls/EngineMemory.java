// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

/**
 * Which memory an engine works in; the wrong one costs up to twice the time. A context finds it out
 * by trying, unless it is told.
 *
 * @see TlsContext.Builder#engineMemory
 */
public enum EngineMemory {
    /** Arrays: the JDK's engine copies whatever else it is given. */
    HEAP,

    /** Off the heap: engines that call native code, such as Conscrypt's, are quicker there. */
    DIRECT
}
