// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import org.jspecify.annotations.Nullable;

/** Something that can be ready: a raw socket with the places its poller and its port need. */
public abstract class Pollable {
    /** For the poller alone: its slot, index or key for this socket. */
    public int slot = -1;

    /** For the poller alone: the generation that guards {@link #slot} against stale events. */
    public int generation;

    /**
     * Set by a poller whose kernel reports a socket's error with its readiness and may forget it by
     * that, as kqueue does; a {@link io.millrace.spi.Code}. The socket reports it where the kernel
     * no longer does, so that a reset does not pass for the end of the stream.
     */
    public int takenError = Code.OK;

    /**
     * Whether the kernel has memory of a send of this socket's, and is to say when it does not need
     * it any more. An error that such a socket reports is that notice, as far as the poller knows:
     * {@link Poller#NOTICE}, and no {@link Poller#HANGUP}.
     */
    public boolean awaitsNotice;

    /** For the reactor alone: the port that readiness goes to, until it is closed. */
    @Nullable ReactorPort owner;

    protected Pollable() {}

    /** The kernel's number for the socket, or -1. */
    public abstract int descriptor();
}
