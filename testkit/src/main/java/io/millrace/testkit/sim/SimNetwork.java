// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.ListenSpec;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a world: one machine with a loopback interface, and names of Unix-domain sockets,
 * which are no files. Other addresses can be connected to, but nobody ever answers there.
 */
final class SimNetwork {
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    private final SimWorld world;

    /** By port, or by the address of a Unix-domain socket. */
    private final Map<Object, List<SimListenerSocket>> listeners = new LinkedHashMap<>();

    private final Map<Integer, List<SimDatagramSocket>> datagrams = new LinkedHashMap<>();

    /**
     * Ports and names of streams that were bound before they connected; each says whether it
     * shares.
     */
    private final Map<Object, List<Boolean>> bound = new LinkedHashMap<>();

    private int nextPort = FIRST_EPHEMERAL_PORT;
    private int openSockets;
    private int maximumSockets = Integer.MAX_VALUE;

    SimNetwork(SimWorld world) {
        this.world = world;
    }

    SimListenerSocket listen(ListenSpec spec) throws IoException {
        SocketAddress wanted = known(spec.address(), "listen");
        if (!isLocal(wanted)) {
            throw IoException.of(Code.ADDRESS_NOT_AVAILABLE, "listen", wanted);
        }
        SocketAddress bound = wanted;
        if (wanted instanceof InetSocketAddress inet && inet.getPort() == 0) {
            bound = new InetSocketAddress(inet.getAddress(), ephemeralPort());
        }
        List<SimListenerSocket> sharing =
                listeners.computeIfAbsent(keyOf(bound), key -> new ArrayList<>());
        if (!(bound instanceof InetSocketAddress) && this.bound.containsKey(bound)) {
            throw IoException.of(Code.ADDRESS_IN_USE, "listen", wanted);
        }
        boolean mayShare = spec.reusePort() && sharing.stream().allMatch(l -> l.reusesPort());
        if (!sharing.isEmpty() && !mayShare) {
            throw IoException.of(Code.ADDRESS_IN_USE, "listen", wanted);
        }
        countOpened("listen");
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

    /** The port of a stream that is to connect, 0 of one that has a name instead, or a code. */
    int bind(SocketAddress wanted, boolean shares) {
        if (!isLocal(wanted)) {
            return Code.ADDRESS_NOT_AVAILABLE;
        }
        boolean isNamed = !(wanted instanceof InetSocketAddress);
        Object key = keyOf(wanted);
        int port = isNamed ? 0 : (Integer) key;
        if (!isNamed && port == 0) {
            port = ephemeralPort();
            key = port;
        }
        List<Boolean> others = bound.computeIfAbsent(key, same -> new ArrayList<>());
        boolean mayShare = shares && !isNamed && !others.contains(false);
        boolean isListenedAt = !listeners.getOrDefault(key, List.of()).isEmpty();
        if (isListenedAt || !(others.isEmpty() || mayShare)) {
            bound.values().removeIf(List::isEmpty);
            return Code.ADDRESS_IN_USE;
        }
        others.add(shares);
        return port;
    }

    void unbind(SocketAddress address) {
        bound.getOrDefault(keyOf(address), List.of()).remove(0);
        bound.values().removeIf(List::isEmpty);
    }

    SimDatagramSocket bind(DatagramSpec spec) throws IoException {
        InetSocketAddress wanted = spec.address();
        if (!isLocal(wanted)) {
            throw IoException.of(Code.ADDRESS_NOT_AVAILABLE, "bind", wanted);
        }
        if (world.strikes(Fault.SOCKET_FAILURE)) {
            throw IoException.of(DeclaredCodes.SOCKET.draw(world.random()), "bind", wanted);
        }
        int port = wanted.getPort() == 0 ? ephemeralPort() : wanted.getPort();
        List<SimDatagramSocket> sharing = datagrams.getOrDefault(port, List.of());
        if (!sharing.stream().allMatch(each -> mayShare(each.spec(), spec))) {
            throw IoException.of(Code.ADDRESS_IN_USE, "bind", wanted);
        }
        countOpened("bind");
        InetSocketAddress bound = new InetSocketAddress(wanted.getAddress(), port);
        SimDatagramSocket socket = new SimDatagramSocket(world, spec, bound);
        datagrams.computeIfAbsent(port, p -> new ArrayList<>()).add(socket);
        return socket;
    }

    private static boolean mayShare(DatagramSpec one, DatagramSpec other) {
        return (one.reusePort() && other.reusePort())
                || (one.reuseAddress() && other.reuseAddress());
    }

    /**
     * Whose a datagram is: null for nobody's. Of several it is the same for the same sender, as a
     * hash of both addresses would choose.
     */
    @Nullable SimDatagramSocket datagramsAt(InetSocketAddress to, InetSocketAddress from) {
        List<SimDatagramSocket> sharing = datagrams.getOrDefault(to.getPort(), List.of());
        return sharing.isEmpty() || !isLocal(to)
                ? null
                : sharing.get(from.getPort() % sharing.size());
    }

    /** Those who hear what is sent to a group. */
    List<SimDatagramSocket> members(InetSocketAddress group, InetSocketAddress from) {
        return datagrams.getOrDefault(group.getPort(), List.of()).stream()
                .filter(each -> each.isMember(group.getAddress(), from.getAddress()))
                .toList();
    }

    void remove(SimDatagramSocket socket, int port) {
        datagrams.getOrDefault(port, List.of()).remove(socket);
        datagrams.values().removeIf(List::isEmpty);
    }

    /** Who answers at an address: null for nobody. With several, chance balances. */
    @Nullable SimListenerSocket listenerAt(SocketAddress address) {
        List<SimListenerSocket> sharing = listeners.getOrDefault(keyOf(address), List.of());
        return sharing.isEmpty() ? null : sharing.get(world.random().nextInt(sharing.size()));
    }

    /** Whether a stream has this name, which nobody listens at. */
    boolean isTaken(SocketAddress name) {
        return bound.containsKey(keyOf(name));
    }

    void remove(SimListenerSocket listener) {
        listeners.values().forEach(sharing -> sharing.remove(listener));
        listeners.values().removeIf(List::isEmpty);
    }

    int ephemeralPort() {
        while (listeners.containsKey(nextPort)
                || datagrams.containsKey(nextPort)
                || bound.containsKey(nextPort)) {
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

    private static Object keyOf(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? (Object) inet.getPort() : address;
    }

    static boolean isLocal(SocketAddress address) {
        return !(address instanceof InetSocketAddress inet)
                || inet.getAddress().isLoopbackAddress()
                || inet.getAddress().isAnyLocalAddress();
    }

    /** What the own end of a connection to an address is called. */
    SocketAddress ownEnd(SocketAddress to) {
        return to instanceof InetSocketAddress inet
                ? new InetSocketAddress(inet.getAddress(), ephemeralPort())
                : UnixDomainSocketAddress.of("");
    }

    static SocketAddress known(SocketAddress address, String operation) throws IoException {
        if (address instanceof UnixDomainSocketAddress
                || (address instanceof InetSocketAddress internet && !internet.isUnresolved())) {
            return address;
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
