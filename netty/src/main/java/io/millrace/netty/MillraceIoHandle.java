// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.netty.channel.IoHandle;

/** A channel of this transport, as its handler knows it. */
interface MillraceIoHandle extends IoHandle {
    @Override
    void close();
}
