// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.ListenSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole nio driver against plain java.net peers. */
@Timeout(60)
class NioDriverTest {
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final NullContext context = new NullContext();
    private Driver driver;

    @BeforeEach
    void open() throws IOException {
        driver = new NioBackend().open(DriverConfig.DEFAULT, context);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void echoesAndSeesThePeerGo() throws IOException {
        EchoServer server = new EchoServer(driver);
        try (Socket peer = connectTo(server)) {
            pollUntil(() -> server.open == 1);
            echo(peer, new byte[] {1, 2, 3});
        }
        pollUntil(() -> server.open == 0);
    }

    @Test
    void interruptedThreadServesAsWellAsAnother() throws IOException {
        EchoServer server = new EchoServer(driver);
        try (Socket peer = connectTo(server)) {
            Thread.currentThread().interrupt();
            pollUntil(() -> server.open == 1);
            peer.getOutputStream().write(7);
            driver.poll(-1);
            assertTrue(Thread.interrupted());
            assertEquals(7, peer.getInputStream().read());
        }
    }

    @Test
    void anEchoCostsThreeSystemCalls() throws IOException {
        EchoServer server = new EchoServer(driver);
        try (Socket peer = connectTo(server)) {
            pollUntil(() -> server.open == 1);
            echo(peer, new byte[] {1});
            context.systemCalls = 0;
            for (int i = 0; i < 10; i++) {
                echo(peer, new byte[] {1, 2});
            }
            assertEquals(30, context.systemCalls);
        }
    }

    @Test
    void thePeerSeesTheCloseWithoutAnotherEvent() throws IOException {
        EchoServer server = new EchoServer(driver);
        try (Socket peer = connectTo(server)) {
            pollUntil(() -> server.open == 1);
            echo(peer, new byte[] {1});
            server.last.close();
            driver.poll(-1);
            assertEquals(-1, peer.getInputStream().read());
            assertEquals(0, server.open);
        }
    }

    @Test
    void aClosedListenerHasFreedItsPortWhenItSaysSo() throws IOException {
        EchoServer server = new EchoServer(driver);
        driver.poll(0);
        InetSocketAddress address = server.address();
        server.whenClosed = () -> bindAgain(address);

        server.listener.close();
        driver.poll(-1);

        assertTrue(server.closed);
    }

    private static void bindAgain(InetSocketAddress address) {
        try (ServerSocket again = new ServerSocket()) {
            again.setReuseAddress(false);
            again.bind(address);
        } catch (IOException e) {
            throw new AssertionError("the port is still taken", e);
        }
    }

    @Test
    void bytesForAStoppedReaderDoNotSpin() throws IOException {
        EchoServer server = new EchoServer(driver);
        try (Socket peer = connectTo(server)) {
            pollUntil(() -> server.open == 1);
            echo(peer, new byte[] {1});
            server.closesAtEnd = false;
            server.last.stopReceive();
            driver.poll(0);
            peer.getOutputStream().write(1);
            driver.poll(-1);
            assertWaits();
            peer.setSoLinger(true, 0);
        }
        assertWaits();
    }

    @Test
    void aConnectedStreamDoesNotSpinAlthoughItsSendIsStillPending() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FloodingClient client = new FloodingClient(driver, silent.getLocalSocketAddress());
            pollUntil(() -> client.blocked);
            driver.poll(0);
            assertWaits();
            client.port.close();
            pollUntil(() -> client.closed);
        }
    }

    @Test
    void aRefusedConnectIsReportedInsidePollOrAtOnce() throws IOException {
        try (Socket bound = new Socket()) {
            // As long as it is, nobody else listens there; nor does it.
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            FloodingClient client = new FloodingClient(driver, bound.getLocalSocketAddress());
            pollUntil(() -> client.connectResult != Code.PENDING);

            assertEquals(Code.REFUSED, client.connectResult);
            assertWaits();
            client.port.close();
            pollUntil(() -> client.closed);
        }
    }

    @Test
    void echoingAllocatesNothing() throws IOException {
        EchoServer server = new EchoServer(driver);
        try (Socket peer = connectTo(server)) {
            pollUntil(() -> server.open == 1);
            byte[] message = new byte[64];
            OutputStream out = peer.getOutputStream();
            InputStream in = peer.getInputStream();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = Long.MAX_VALUE;
            // The JDK allocates for a while, until its code is compiled and its caches are filled.
            for (int round = 0; round < 20 && allocated > 0; round++) {
                allocated = 0;
                for (int i = 0; i < 2000; i++) {
                    out.write(message);
                    long before = threads.getCurrentThreadAllocatedBytes();
                    driver.poll(-1);
                    allocated += threads.getCurrentThreadAllocatedBytes() - before;
                    assertEquals(64, in.read(message));
                }
            }
            assertEquals(0, allocated, "bytes for 2000 messages");
        }
    }

    @Test
    void aListenerOnATakenPortIsRefusedWithItsReason() throws IOException {
        EchoServer server = new EchoServer(driver);
        ListenSpec taken = new ListenSpec(server.address(), 1, true, false, 0);
        try {
            driver.streams().listen(taken, server);
        } catch (IoException e) {
            assertEquals(Code.ADDRESS_IN_USE, e.code());
            return;
        }
        throw new AssertionError("listened twice on one port");
    }

    /** Nothing is left to do and nothing keeps ending the wait. */
    private void assertWaits() throws IOException {
        for (int i = 0; i < 3; i++) {
            long began = System.nanoTime();
            int reported = driver.poll(SHORT_NANOS);
            if (i == 2) {
                assertEquals(0, reported);
                assertTrue(System.nanoTime() - began >= SHORT_NANOS, "the wait ended early");
            }
        }
    }

    private void echo(Socket peer, byte[] message) throws IOException {
        peer.getOutputStream().write(message);
        driver.poll(-1);
        assertArrayEquals(message, peer.getInputStream().readNBytes(message.length));
    }

    private static Socket connectTo(EchoServer server) throws IOException {
        return new Socket(server.address().getAddress(), server.address().getPort());
    }

    private void pollUntil(BooleanSupplier condition) throws IOException {
        while (!condition.getAsBoolean()) {
            driver.poll(-1);
        }
    }
}
