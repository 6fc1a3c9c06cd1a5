// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * Flags that belong to one kind of request. Each constant names the field it goes into: the header
 * reuses the same bits in several fields, and a right bit in the wrong field is silently something
 * else.
 */
final class RequestFlag {
    /** In the priority field of RECV: stay armed and report every arrival. */
    static final int PRIORITY_RECEIVE_MULTISHOT = 1 << 1;

    /** In the priority field of ACCEPT: stay armed and report every connection. */
    static final int PRIORITY_ACCEPT_MULTISHOT = 1;

    /**
     * In the priority field of SEND_ZC: the notification tells whether the kernel copied after all.
     */
    static final int PRIORITY_REPORT_ZERO_COPY = 1 << 3;

    /** In the length field of POLL_ADD: stay armed. */
    static final int LENGTH_POLL_MULTISHOT = 1;

    /** In the operation flags of ASYNC_CANCEL: every request that matches, not the first. */
    static final int CANCEL_ALL = 1;

    /** In the operation flags of ASYNC_CANCEL: match by descriptor, not by user data. */
    static final int CANCEL_BY_DESCRIPTOR = 1 << 1;

    /** In the operation flags of FSYNC: of the attributes only what reading needs. */
    static final int SYNC_DATA_ONLY = 1;

    /** In the result of a zero-copy notification: the data was copied, so nothing was gained. */
    static final int RESULT_ZERO_COPY_COPIED = 1 << 31;

    private RequestFlag() {}
}
