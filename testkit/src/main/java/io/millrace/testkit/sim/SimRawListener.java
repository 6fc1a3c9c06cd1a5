// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Accepted;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawListener;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Non-blocking accept on a simulated listener, for the reactor. */
final class SimRawListener extends RawListener implements SimPollable {
    private final SimSockets sockets;
    private final SimListenerSocket listener;
    private boolean registered;

    SimRawListener(SimSockets sockets, SimListenerSocket listener) {
        this.sockets = sockets;
        this.listener = listener;
    }

    @Override
    public int accept() {
        return sockets.called(listener.accept());
    }

    @Override
    public @Nullable Accepted accepted() {
        SimSocket taken = listener.taken();
        return taken == null ? null : new SimAccepted(taken);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return listener.address();
    }

    @Override
    public int setOption(PortOption option, int value) {
        return listener.setOption(option, value);
    }

    @Override
    public int getOption(PortOption option) {
        return listener.getOption(option);
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public void close() {
        sockets.checkUnregistered(registered);
        listener.close();
    }

    @Override
    public SimDescriptor simDescriptor() {
        return listener;
    }

    @Override
    public void registered(boolean registered) {
        this.registered = registered;
    }
}
