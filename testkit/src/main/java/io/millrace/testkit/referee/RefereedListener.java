// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;

/** A listener under watch, from both sides. */
final class RefereedListener extends RefereedPort<ListenerPort>
        implements ListenerPort, ListenerSink {
    private final ListenerSink sink;
    private boolean accepting;
    private boolean stopped;

    RefereedListener(RefereedDriver driver, ListenerSink sink) {
        super(driver);
        this.sink = sink;
    }

    @Override
    public void startAccept() {
        ListenerPort port = command("startAccept");
        accepting = start("startAccept", accepting);
        stopped = false;
        port.startAccept();
    }

    @Override
    public void stopAccept() {
        command("stopAccept").stopAccept();
        stopped = true;
    }

    @Override
    public void onAccept(Accepted connection) {
        enter("onAccept", accepting);
        sink.onAccept(connection);
        leave();
    }

    @Override
    public void onAcceptStopped(int code) {
        enterTerminal("onAcceptStopped", accepting, code);
        if (code == Code.CANCELLED && !stopped && !isClosing()) {
            throw foul("accept was cancelled by nobody");
        }
        if (code >= 0 || code == Code.ABORTED) {
            throw foul("accept ended with " + code);
        }
        accepting = false;
        sink.onAcceptStopped(code);
        leave();
    }

    @Override
    public void onClosed() {
        enterClosed(accepting);
        sink.onClosed();
        leave();
    }

    @Override
    public String toString() {
        return "listener[" + (accepting ? "accepting" : "idle") + "]";
    }
}
