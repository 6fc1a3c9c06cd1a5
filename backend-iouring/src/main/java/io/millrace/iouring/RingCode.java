// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Error numbers that only rings answer, with the sign turned, beside {@link io.millrace.spi.Code}.
 */
final class RingCode {
    /** EBUSY: completions wait in the kernel because the queue is full. */
    static final int BUSY = -16;

    /** EBADR: the kernel could not keep completions that found the queue full. */
    static final int COMPLETIONS_LOST = -53;

    /** ETIME: the wait's time was over. */
    static final int TIME_OVER = -62;

    private RingCode() {}
}
