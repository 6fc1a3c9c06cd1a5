// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A listener at the completion boundary: a multishot accept. */
final class SimListenerPort extends SimPort implements ListenerPort {
    private final SimListenerSocket socket;
    private final ListenerSink sink;
    private boolean accepting;
    private boolean stopping;

    SimListenerPort(SimDriver driver, SimListenerSocket socket, ListenerSink sink) {
        super(driver, socket, "listener");
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public void startAccept() {
        command();
        if (accepting) {
            throw driver.error("accept started twice");
        }
        accepting = true;
        schedule();
    }

    @Override
    public void stopAccept() {
        command();
        if (!accepting || stopping) {
            return;
        }
        stopping = true;
        driver.later(this::finishStop);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        question();
        return socket.address();
    }

    @Override
    void serve() {
        boolean over = stopping || closed;
        if (!accepting || (over && !world.strikes(Fault.LATE_COMPLETION))) {
            return;
        }
        int result = socket.accept();
        SimSocket taken = socket.taken();
        if (taken != null) {
            driver.completed(result);
            sink.onAccept(new SimAccepted(taken));
        } else if (result != Code.WOULD_BLOCK && !DeclaredCodes.ACCEPT_ABORTED.includes(result)) {
            stopped(result);
        }
        if (result != Code.WOULD_BLOCK) {
            schedule();
        }
    }

    private void finishStop() {
        if (stopping) {
            stopped(Code.CANCELLED);
        }
    }

    private void stopped(int code) {
        accepting = false;
        stopping = false;
        driver.completed(code);
        sink.onAcceptStopped(code);
    }

    @Override
    void finishClose() {
        serve();
        socket.close();
        if (accepting) {
            stopped(Code.CANCELLED);
        }
        driver.closed();
        sink.onClosed();
    }
}
