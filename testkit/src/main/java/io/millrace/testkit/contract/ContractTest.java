// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/**
 * One area of the contract: opens the loops before each test and closes them after it, which proves
 * each time that every operation ended, every chunk came home and every descriptor was closed.
 */
@ExtendWith({EnclosingSuite.class, NameBackends.class, ScarcityFails.class})
public abstract class ContractTest {
    private static final Duration SETTLING = Duration.ofMillis(20);

    private BackendContract contract;
    private BackendPair backends;
    private LoopRig rig;

    @BeforeEach
    void openLoops(BackendContract contract) throws IOException {
        this.contract = contract;
        backends = contract.backends();
        backends.assumeUsable();
        rig = new LoopRig(backends, isRefereed(), this::configure);
    }

    /** Not there if the test was skipped. */
    @AfterEach
    void closeLoops() throws IOException {
        if (rig != null) {
            rig.close();
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
    final BackendContract contract() {
        return contract;
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

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static InetSocketAddress anyPort() {
        return loopback(0);
    }

    /** Both ends of a new connection, and the server it was made by, which goes on listening. */
    final TcpPair connect() throws IOException {
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
