// SPDX-License-Identifier: Apache-2.0

/**
 * Millrace with every backend: to require this is enough to see the API and run on the best.
 *
 * @since 0.1.0
 */
module io.millrace {
    requires transitive io.millrace.core;
    requires io.millrace.epoll;
    requires io.millrace.iouring;
    requires io.millrace.kqueue;
    requires io.millrace.nio;
    requires io.millrace.posix;
}
