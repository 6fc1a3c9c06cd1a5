// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/** A channel that messages are written to. */
abstract class MillraceSendingChannel extends MillraceChannel {
    MillraceSendingChannel(@Nullable Channel parent) {
        super(parent);
    }

    /** Whether its connection is on the way from one loop to another. */
    boolean isAway() {
        return false;
    }

    /** Its sending half. */
    abstract Sending sending();

    @Override
    protected final void doWrite(ChannelOutboundBuffer in) throws Exception {
        sending().write(in);
    }

    @Override
    protected final Object filterOutboundMessage(Object message) throws Exception {
        return sending().accepted(message);
    }

    /** What Netty calls a flush, unless a send is under way: then its end goes on. */
    final void flushOn() {
        ((SendingUnsafe) unsafe()).flushOn();
    }

    /** The send that was under way has failed. */
    final void writeFailed(Throwable failure) {
        ((SendingUnsafe) unsafe()).writeFailed(failure);
    }

    /** Netty's end of it. */
    abstract class SendingUnsafe extends MillraceUnsafe {
        @Override
        protected final void flush0() {
            if (!sending().isSending() && !isAway()) {
                super.flush0();
            }
        }

        final void flushOn() {
            flush0();
        }

        final void writeFailed(Throwable failure) {
            handleWriteError(failure);
        }
    }
}
