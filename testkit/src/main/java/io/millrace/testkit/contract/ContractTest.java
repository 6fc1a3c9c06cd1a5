// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * One area of the contract: opens the loops before each test and closes them after it, which proves
 * each time that every operation ended, every chunk came home and every descriptor was closed.
 */
@ExtendWith({EnclosingSuite.class, NameBackends.class, ScarcityFails.class})
public abstract class ContractTest {
    private static final Duration SETTLING = Duration.ofMillis(20);

    private ContractSuite contract;
    private Transport transport;
    private BackendPair backends;
    private LoopRig rig;
    private final DeadPorts dead = new DeadPorts();

    @BeforeEach
    void openLoops(ContractSuite contract, TestInfo test) throws IOException {
        this.contract = contract;
        transport = contract.transport();
        assumeAble(test);
        backends = contract.backends();
        backends.assumeUsable();
        rig = new LoopRig(backends, isRefereed(), this::configure);
    }

    private void assumeAble(TestInfo test) {
        Stream.of(getClass(), test.getTestMethod().orElseThrow())
                .flatMap(each -> AnnotationSupport.findAnnotation(each, Needs.class).stream())
                .map(Needs::value)
                .forEach(
                        ability ->
                                Assumptions.assumeTrue(
                                        transport.has(ability),
                                        () -> transport.name() + " has no " + ability));
    }

    /** Not there if the test was skipped. */
    @AfterEach
    void closeLoops() throws IOException {
        try (dead) {
            if (rig != null) {
                rig.close();
            }
        }
    }

    /** Adds to the options of the loops. */
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options;
    }

    /** Whether a referee stands below the loops; measurements do without. */
    boolean isRefereed() {
        return true;
    }

    /** The suite that this test is part of. */
    final ContractSuite contract() {
        return contract;
    }

    /** Whether the suite's transport can do that. */
    final boolean has(Transport.Ability ability) {
        return transport.has(ability);
    }

    final LoopRig rig() {
        return rig;
    }

    final EventLoop clientLoop() {
        return rig.clientLoop();
    }

    final EventLoop serverLoop() {
        return rig.serverLoop();
    }

    /** The loop of tests that have no two ends. */
    final EventLoop loop() {
        return rig.serverLoop();
    }

    final boolean isSimulated() {
        return backends.isSimulated();
    }

    /** Skips the rest of the test where there are no real threads and no real time. */
    final void assumeReal(String why) {
        Assumptions.assumeFalse(isSimulated(), why + " needs a real kernel");
    }

    /** Whether sockets have descriptors on the backends of this test. */
    final boolean haveDescriptors() {
        return clientHasDescriptors() && serverHasDescriptors();
    }

    /** Whether sockets at the client's end have descriptors. */
    final boolean clientHasDescriptors() {
        return !isSimulated() && !backends.client().name().equals("nio");
    }

    /** Whether sockets at the server's end have descriptors. */
    final boolean serverHasDescriptors() {
        return !isSimulated() && !backends.server().name().equals("nio");
    }

    static boolean isLinux() {
        return System.getProperty("os.name", "").startsWith("Linux");
    }

    /** Whether reads and writes by it do not wait; on Linux. */
    static boolean isNonBlocking(int descriptor) throws IOException {
        String flags =
                Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).stream()
                        .filter(each -> each.startsWith("flags:"))
                        .findFirst()
                        .orElseThrow();
        return (Long.parseLong(flags.substring(flags.indexOf(':') + 1).strip(), 8) & 04000) != 0;
    }

    final String backendNames() {
        return backends.toString();
    }

    final BackendUnderTest serverBackend() {
        return backends.server();
    }

    /** Turns the loops until the condition holds, or fails. */
    final void until(String what, BooleanSupplier condition) throws IOException {
        rig.until(what, condition);
    }

    /** Turns the loops until none is alive. */
    final void untilDone() throws IOException {
        rig.untilDone();
    }

    /** Turns the loops long enough for whatever is on its way to arrive. */
    final void settle() throws IOException {
        Timer timer = Timer.open(serverLoop());
        timer.start(SETTLING, () -> {});
        until("time has passed", () -> !timer.isActive());
        timer.close();
        until("timer closed", timer::isClosed);
    }

    /** This host's addresses of both families, as far as it has them. */
    static List<InetAddress> loopbackAddresses() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(InetAddress::isLoopbackAddress)
                .toList();
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static InetSocketAddress anyPort() {
        return loopback(0);
    }

    /** Where nobody listens, nor can while the test runs. */
    final InetSocketAddress deadAddress() throws IOException {
        if (!isSimulated()) {
            return dead.tcp();
        }
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        server.close();
        until("server closed", server::isClosed);
        return address;
    }

    /** Where no datagram socket is, nor can be until {@link #isFreeAgain}. */
    final InetSocketAddress nobody(InetAddress host) throws IOException {
        if (!isSimulated()) {
            return dead.udp(host);
        }
        UdpSocket socket = UdpSocket.bind(loop(), new InetSocketAddress(host, 0));
        InetSocketAddress address = socket.localAddress();
        socket.close();
        until("closed", socket::isClosed);
        return address;
    }

    /** From here on somebody can be where {@link #nobody} was. */
    final void isFreeAgain(InetSocketAddress nobody) throws IOException {
        dead.free(nobody);
    }

    /** Listens by the suite's transport. */
    final Transport.Listener listen(ConnectionHandler<? super ByteStream> handler)
            throws IOException {
        return transport.listen(serverLoop(), handler);
    }

    /** Begins to connect by the suite's transport. */
    final Transport.Connecting connectTo(Transport.Listener listener) {
        return transport.connect(clientLoop(), listener);
    }

    /**
     * Both ends of a new connection by the suite's transport, and what it was made by, which goes
     * on listening.
     */
    final StreamPair connect() throws IOException {
        return connect(transport);
    }

    /** The same by another transport. */
    final StreamPair connect(Transport by) throws IOException {
        List<ByteStream> accepted = new ArrayList<>();
        Transport.Listener listener = by.listen(serverLoop(), accepted::add);
        List<Object> connected = new ArrayList<>();
        Transport.Connecting attempt = by.connect(clientLoop(), listener);
        attempt.connected().thenAccept(connected::add);
        until("connected", () -> accepted.size() == 1 && connected.size() == 1);
        return new StreamPair(attempt.stream(), accepted.get(0), listener);
    }

    /** The same of TCP, for tests of what only that has. */
    final TcpPair connectTcp() throws IOException {
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), accepted::add);
        List<TcpStream> connected = new ArrayList<>();
        TcpStream client = TcpStream.open(clientLoop());
        client.connect(server.localAddress()).thenAccept(connected::add);
        until("connected", () -> accepted.size() == 1 && connected.size() == 1);
        Assertions.assertSame(client, connected.get(0));
        return new TcpPair(client, accepted.get(0), server);
    }

    /** The call must be refused with a message that says what to do. */
    static void assertRefused(String hint, Executable call) {
        Throwable refusal = Assertions.assertThrows(IllegalStateException.class, call);
        String message = String.valueOf(refusal.getMessage());
        Assertions.assertTrue(message.contains(hint), message);
    }

    /** Bytes that differ from their neighbours and from those a power of two away. */
    static byte[] bytes(int count) {
        return DriverContract.bytes(count);
    }
}
