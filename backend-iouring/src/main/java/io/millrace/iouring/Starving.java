// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;

/** Whose receive ended for want of a buffer, and is to begin again. Loop thread only. */
interface Starving {
    /** False if it was resumed before, or given up by a close. */
    boolean isPostponed();

    /**
     * Lets the receive begin again.
     *
     * @param alone whether it may take as many buffers as it finds, for nobody comes after it
     */
    void receiveAgain(boolean alone) throws IoException;
}
