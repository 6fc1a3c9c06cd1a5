// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process with more than 1024 descriptors, and a loop on select in it. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "fills the table with eventfds")
@Timeout(60)
class SelectLimitTest {
    private static final InetSocketAddress LOOPBACK =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final SystemCalls calls = LibcSystemCalls.instance();
    private final List<Integer> fillers = new ArrayList<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IoException {
        loop = openSelect();
    }

    @AfterEach
    void close() throws IoException {
        loop.closeAll();
        fillers.forEach(calls::close);
    }

    private static EventLoop openSelect() throws IoException {
        return EventLoop.open(LoopOptions.builder().backend("select").build());
    }

    /** Takes every descriptor number below the limit. */
    private void useUpLowDescriptors() {
        int fd;
        do {
            fd = calls.eventfd(0, 0);
            assertTrue(fd >= 0, "the limit of open files is too low for this test");
            fillers.add(fd);
        } while (fd < SelectPoller.LIMIT - 1);
    }

    private void turnUntil(BooleanSupplier condition) throws IoException {
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.NOWAIT);
        }
    }

    @Test
    void aStreamBeyondTheLimitIsRefusedWithWhatToDo() throws Exception {
        TcpServer server = TcpServer.listen(loop, LOOPBACK, connection -> {});
        useUpLowDescriptors();
        List<Throwable> failures = new ArrayList<>();
        TcpStream.connect(loop, server.localAddress())
                .whenComplete((stream, failure) -> failures.add(failure));
        turnUntil(() -> !failures.isEmpty());
        String message = failures.get(0).getMessage();
        assertTrue(message.contains("FD_SETSIZE = 1024"), message);
        assertTrue(message.contains("-Dmillrace.backend=epoll,poll"), message);
    }

    @Test
    void aConnectionBeyondTheLimitIsReportedAndTheOthersAreServed() throws Exception {
        TcpServer server =
                TcpServer.listen(
                        loop,
                        LOOPBACK,
                        connection -> connection.read((from, data) -> from.write(data)));
        List<IoException> errors = new ArrayList<>();
        server.onAcceptError((where, failure) -> errors.add(failure));
        List<TcpStream> clients = new ArrayList<>();
        TcpStream.connect(loop, server.localAddress()).thenAccept(clients::add);
        turnUntil(() -> !clients.isEmpty());
        useUpLowDescriptors();
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        try (Socket beyond = new Socket(address.getAddress(), address.getPort())) {
            turnUntil(() -> !errors.isEmpty());
            assertEquals(-1, beyond.getInputStream().read(), "it is not left waiting");
        }
        assertEquals(Code.TOO_MANY_FILES, errors.get(0).code());
        assertTrue(errors.get(0).getMessage().contains("epoll"), errors.get(0).getMessage());
        int[] echoed = {0};
        clients.get(0).read((from, data) -> echoed[0] += data.length());
        clients.get(0).write(ByteBuffer.allocateDirect(10));
        turnUntil(() -> echoed[0] == 10);
    }

    @Test
    void aLoopBeyondTheLimitCannotBeOpened() {
        useUpLowDescriptors();
        long before = fillers.size();
        IoException refusal = assertThrows(IoException.class, SelectLimitTest::openSelect);
        assertTrue(refusal.getMessage().contains("FD_SETSIZE"), refusal.getMessage());
        assertEquals(before, fillers.size());
    }
}
