// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.UdpSendOptions;
import io.millrace.net.UdpSocket;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.testkit.kernel.Interposer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What loopback never does to datagrams, and network devices and older kernels do: a backend with
 * descriptors, on system calls that play it. Such a backend extends this.
 */
@Timeout(60)
public abstract class PlayedNetworkContract {
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    /** ENOPROTOOPT. */
    private static final int NO_SUCH_OPTION = Code.OPTION_NOT_AVAILABLE;

    /** SOL_UDP. */
    private static final int LEVEL_UDP = 17;

    private final List<Integer> lengths = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> ends = new ArrayList<>();
    private Interposer<?> kernel;
    private EventLoop loop;
    private UdpSocket to;
    private UdpSocket from;

    /** The backend, over the calls of {@link #kernel}; asked for once a test. */
    protected abstract BackendProvider backend();

    /** Between the backend and the system. */
    protected abstract Interposer<?> kernel();

    @BeforeEach
    void open() throws IOException {
        BackendProvider backend = backend();
        BackendUnderTest.provided(backend).assumeUsable();
        kernel = kernel();
        loop = EventLoop.open(LoopOptions.builder().provider(backend).build());
        InetSocketAddress any = ContractTest.anyPort();
        to = UdpSocket.bind(loop, any);
        to.receive(
                (socket, datagram) -> {
                    byte[] came = new byte[datagram.data().length()];
                    datagram.data().copyTo(0, came, 0, came.length);
                    bytes.writeBytes(came);
                    lengths.add(came.length);
                });
        from = UdpSocket.bind(loop, any);
        from.onFailure((socket, failure) -> ends.add(failure.errorName()));
    }

    @AfterEach
    void close() throws IOException {
        if (loop != null) {
            loop.closeAll();
        }
    }

    private void until(BooleanSupplier condition) throws IOException {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.NOWAIT);
            assertTrue(System.nanoTime() - begun < DEADLINE_NANOS, () -> lengths + ", " + ends);
        }
    }

    private void send(byte[] data, UdpSendOptions options) {
        from.send(
                ByteBuffer.allocateDirect(data.length).put(data).flip(),
                to.localAddress(),
                options,
                (socket, failure) -> ends.add(failure == null ? "sent" : failure.errorName()));
    }

    /** ENOBUFS, the answer of a device whose queue is full: no datagram fails for it. */
    @Test
    void whatFindsTheQueueFullWaitsAndKeepsItsOrder() throws IOException {
        for (String call : List.of("sendmsg", "sendmmsg")) {
            kernel.answer(call, Code.NO_CHUNKS, Code.NO_CHUNKS);
        }
        for (int i = 1; i <= 5; i++) {
            send(ContractTest.bytes(i), UdpSendOptions.plain());
        }
        until(() -> ends.size() == 5 && lengths.size() == 5);
        assertEquals(Collections.nCopies(5, "sent"), ends);
        assertEquals(List.of(1, 2, 3, 4, 5), lengths);
        kernel.answer("sendmsg", Code.NO_CHUNKS);
        assertFalse(from.trySend(ByteBuffer.allocateDirect(6), to.localAddress()));
    }

    /** As before Linux 4.18 and 5.0: neither UDP_SEGMENT nor UDP_GRO. */
    @Test
    void whereTheKernelCutsAndJoinsNothingItIsDoneHere() throws IOException {
        kernel.refuse("getsockopt", each -> (int) each[1] == LEVEL_UDP, NO_SUCH_OPTION);
        kernel.refuse("setsockopt", each -> (int) each[1] == LEVEL_UDP, NO_SUCH_OPTION);
        to.options().coalesce(true);
        send(ContractTest.bytes(1050), UdpSendOptions.plain().segmentBytes(100));
        until(() -> bytes.size() == 1050 && ends.size() == 1);
        assertArrayEquals(ContractTest.bytes(1050), bytes.toByteArray());
        List<Integer> expected = new ArrayList<>(Collections.nCopies(10, 100));
        expected.add(50);
        assertEquals(expected, lengths);
        assertEquals(List.of("sent"), ends);
    }

    /** EIO, the answer of a device that cannot check what it cuts. */
    @Test
    void whatADeviceCannotCutIsCutHere() throws IOException {
        kernel.answer("sendmsg", Code.IO_ERROR);
        send(ContractTest.bytes(250), UdpSendOptions.plain().segmentBytes(100));
        until(() -> bytes.size() == 250 && ends.size() == 1);
        assertEquals(List.of(100, 100, 50), lengths);
        assertEquals(List.of("sent"), ends);
    }
}
