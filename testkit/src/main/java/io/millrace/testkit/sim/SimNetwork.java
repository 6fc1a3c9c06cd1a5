// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a world: one machine with a loopback interface. Other addresses can be connected
 * to, but nobody ever answers there.
 */
final class SimNetwork {
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    private final SimWorld world;
    private final Map<Integer, List<SimListenerSocket>> listeners = new LinkedHashMap<>();
    private int nextPort = FIRST_EPHEMERAL_PORT;
    private int openSockets;
    private int maximumSockets = Integer.MAX_VALUE;

    SimNetwork(SimWorld world) {
        this.world = world;
    }

    SimListenerSocket listen(ListenSpec spec) throws IoException {
        InetSocketAddress wanted = internet(spec.address(), "listen");
        if (!isLocal(wanted.getAddress())) {
            throw IoException.of(Code.ADDRESS_NOT_AVAILABLE, "listen", wanted);
        }
        int port = wanted.getPort() == 0 ? ephemeralPort() : wanted.getPort();
        List<SimListenerSocket> sharing = listeners.computeIfAbsent(port, p -> new ArrayList<>());
        boolean mayShare = spec.reusePort() && sharing.stream().allMatch(l -> l.reusesPort());
        if (!sharing.isEmpty() && !mayShare) {
            throw IoException.of(Code.ADDRESS_IN_USE, "listen", wanted);
        }
        countOpened("listen");
        InetSocketAddress bound = new InetSocketAddress(wanted.getAddress(), port);
        SimListenerSocket listener = new SimListenerSocket(world, spec, bound);
        sharing.add(listener);
        return listener;
    }

    SimSocket socket() throws IoException {
        if (world.strikes(Fault.SOCKET_FAILURE)) {
            int code = DeclaredCodes.SOCKET.draw(world.random());
            throw IoException.of(code, "socket", null);
        }
        countOpened("socket");
        return new SimSocket(world);
    }

    /** Who answers at an address: null for nobody. With several, chance balances. */
    @Nullable SimListenerSocket listenerAt(InetSocketAddress address) {
        List<SimListenerSocket> sharing = listeners.getOrDefault(address.getPort(), List.of());
        return sharing.isEmpty() ? null : sharing.get(world.random().nextInt(sharing.size()));
    }

    void remove(SimListenerSocket listener) {
        listeners.values().forEach(sharing -> sharing.remove(listener));
        listeners.values().removeIf(List::isEmpty);
    }

    int ephemeralPort() {
        while (listeners.containsKey(nextPort)) {
            nextPort++;
        }
        return nextPort++;
    }

    boolean isFull() {
        return openSockets >= maximumSockets;
    }

    void countOpened() {
        openSockets++;
    }

    void countClosed() {
        openSockets--;
    }

    int openSockets() {
        return openSockets;
    }

    void limitDescriptors(int maximum) {
        maximumSockets = maximum;
    }

    static boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }

    static InetSocketAddress internet(SocketAddress address, String operation) throws IoException {
        if (address instanceof InetSocketAddress internet && !internet.isUnresolved()) {
            return internet;
        }
        throw IoException.of(Code.INVALID_ARGUMENT, operation, address);
    }

    private void countOpened(String operation) throws IoException {
        if (isFull()) {
            throw IoException.of(Code.TOO_MANY_FILES, operation, null);
        }
        countOpened();
    }
}
