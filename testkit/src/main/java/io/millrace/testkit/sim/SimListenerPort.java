// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.PortOption;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A listener at the completion boundary: a multishot accept. */
final class SimListenerPort implements ListenerPort {
    private final SimDriver driver;
    private final SimListenerSocket socket;
    private final ListenerSink sink;
    private boolean accepting;
    private boolean stopping;
    private boolean scheduled;
    private boolean closed;

    SimListenerPort(SimDriver driver, SimListenerSocket socket, ListenerSink sink) {
        this.driver = driver;
        this.socket = socket;
        this.sink = sink;
        driver.opened();
        socket.watch(mask -> schedule());
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
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        driver.commanded();
        driver.later(this::finishClose);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        question();
        return socket.address();
    }

    @Override
    public int setOption(PortOption option, int value) {
        command();
        return socket.setOption(option, value);
    }

    @Override
    public int getOption(PortOption option) {
        question();
        return socket.getOption(option);
    }

    @Override
    public int descriptor() {
        question();
        return -1;
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            driver.later(this::acceptOne);
        }
    }

    private void acceptOne() {
        scheduled = false;
        boolean over = stopping || closed;
        if (!accepting || (over && !driver.world().strikes(Fault.LATE_COMPLETION))) {
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

    private void finishClose() {
        acceptOne();
        socket.close();
        if (accepting) {
            stopped(Code.CANCELLED);
        }
        driver.closed();
        sink.onClosed();
    }

    private void command() {
        question();
        driver.commanded();
    }

    private void question() {
        if (closed) {
            throw driver.error("command on a closed listener");
        }
    }
}
