// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

/** What the poller needs of a stream or a listener: its place in the selector. */
interface NioSocket {
    Registration registration();
}
