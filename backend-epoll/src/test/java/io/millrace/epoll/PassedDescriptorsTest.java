// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import io.millrace.posix.Libc;
import io.millrace.posix.NativeMemory;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer passes descriptors to a stream that does not ask for any, and every byte arrives. */
class PassedDescriptorsTest {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    /** Where the parts lie: struct msghdr, struct iovec, struct cmsghdr with one descriptor. */
    private static final int SEGMENT = 56;

    private static final int CONTROL = 72;
    private static final int CONTROL_BYTES = 24;
    private static final int BYTE = CONTROL + CONTROL_BYTES;

    /** Far more than it takes. */
    private static final int TURNS = 1_000;

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "epoll-et"})
    void theBytesBehindThemAreReadAsWell(String backend, @TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(new EpollBackend().probe().usable());
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("server"));
        EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build());
        try {
            List<UnixStream> streams = new ArrayList<>();
            UnixServer.listen(loop, address, streams::add);
            UnixStream client = UnixStream.open(loop);
            client.connect(address).thenAccept(connected -> streams.add(client));
            turnUntil(loop, () -> streams.size() == 2);
            UnixStream server = streams.get(0) == client ? streams.get(1) : streams.get(0);
            int[] received = {0};
            server.read((stream, chunk) -> received[0] += chunk.length());
            loop.run(RunMode.NOWAIT);
            int fd = client.fileDescriptor();
            assertEquals(1, sendWithDescriptor(fd));
            assertEquals(1, sendWithDescriptor(fd));
            turnUntil(loop, () -> received[0] == 2);
            assertEquals(2, received[0]);
        } finally {
            loop.closeAll();
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void turnUntil(EventLoop loop, Condition condition) throws Exception {
        for (int i = 0; i < TURNS && !condition.holds(); i++) {
            loop.run(RunMode.NOWAIT);
        }
    }

    private static int sendWithDescriptor(int fd) {
        assertNull(Libc.unusableReason());
        NativeMemory memory = NativeMemory.allocate(BYTE + 8);
        memory.zero(0, memory.size());
        memory.putLong(16, memory.address(SEGMENT));
        memory.putLong(24, 1);
        memory.putLong(32, memory.address(CONTROL));
        memory.putLong(40, CONTROL_BYTES);
        memory.putLong(SEGMENT, memory.address(BYTE));
        memory.putLong(SEGMENT + 8, 1);
        memory.putLong(CONTROL, 20);
        memory.putInt(CONTROL + 8, SOL_SOCKET);
        memory.putInt(CONTROL + 12, SCM_RIGHTS);
        memory.putInt(CONTROL + 16, fd);
        return (int) memory.keptFor(Libc.functions().sendmsg(fd, memory.address(), 0));
    }
}
