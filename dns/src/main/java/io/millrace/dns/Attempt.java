// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.IoException;
import java.net.InetSocketAddress;

/** One server asked once, on a socket for this alone; which port it has, the system chooses. */
abstract class Attempt {
    final Exchange exchange;
    final InetSocketAddress server;
    final Question question;
    private boolean ended;

    Attempt(Exchange exchange, InetSocketAddress server, Question question) {
        this.exchange = exchange;
        this.server = server;
        this.question = question;
    }

    abstract void begin() throws IoException;

    /** Closes the socket, if there is one. */
    abstract void release();

    /** Nobody waits for it any more. Idempotent. */
    final void end() {
        if (!ended) {
            ended = true;
            release();
        }
    }

    final boolean isOver() {
        return ended;
    }

    final void failed(IoException failure) {
        if (!ended) {
            exchange.failed(this, failure);
        }
    }

    /** Somebody else has closed the socket: its loop is let go of. */
    final void socketClosed() {
        if (!ended) {
            exchange.socketClosed();
        }
    }
}
