// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * A connected socket that no loop has adopted yet. Belongs to whoever holds it; may be passed to
 * another thread, safely published, and be adopted there by a driver of the same engine.
 */
public interface Accepted {
    /** Closes a connection that nobody wants. Must not follow an adoption. */
    void close();
}
