// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

/** Which memory an engine works in. Measured: the wrong one costs up to twice the time. */
public enum EngineMemory {
    /** Arrays: the JDK's engine copies whatever else it is given. */
    HEAP,

    /** Off the heap: for engines that call native code, such as Conscrypt's. */
    DIRECT
}
