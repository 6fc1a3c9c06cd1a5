// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * What a submission asks for: {@code enum io_uring_op} of linux/io_uring.h, as far as this backend
 * uses it.
 */
final class Opcode {
    static final int NOP = 0;
    static final int FSYNC = 3;
    static final int POLL_ADD = 6;
    static final int SENDMSG = 9;
    static final int ACCEPT = 13;
    static final int ASYNC_CANCEL = 14;
    static final int CONNECT = 16;
    static final int OPENAT = 18;
    static final int CLOSE = 19;
    static final int STATX = 21;
    static final int READ = 22;
    static final int WRITE = 23;
    static final int SEND = 26;
    static final int RECV = 27;
    static final int SEND_ZC = 47;
    static final int SENDMSG_ZC = 48;

    private Opcode() {}
}
