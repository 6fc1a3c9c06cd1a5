// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.spi.Accepted;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import io.millrace.testkit.kernel.Interposer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Something is thrown between a descriptor's being made and its finding an owner: it is closed. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere loopback takes its time")
class HalfMadeSocketTest {
    private final SocketFixture fixture = new SocketFixture();
    private final Error thrown = new OutOfMemoryError("thrown on purpose");

    @AfterEach
    void close() {
        fixture.close();
    }

    private Interposer.Interception<SystemCalls> failing() {
        return (kernel, arguments) -> {
            throw thrown;
        };
    }

    private void assertFailsAndCloses(int descriptors, Executable action) {
        int before = fixture.kernel.count("close");
        assertSame(thrown, assertThrows(Error.class, action));
        assertEquals(descriptors, fixture.kernel.count("close") - before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"setsockopt", "bind", "listen"})
    void listening(String call) {
        fixture.kernel.intercept(call, failing());
        ListenSpec spec = new ListenSpec(SocketFixture.loopback(), 16, true, false, 0);
        assertFailsAndCloses(1, () -> fixture.sockets.listen(spec));
    }

    @Test
    void anAcceptedConnectionIsClosedOnce() throws IOException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.connect(listener.localAddress());
        Accepted accepted = fixture.accept(listener);
        int before = fixture.kernel.count("close");
        accepted.close();
        accepted.close();
        assertEquals(1, fixture.kernel.count("close") - before);
    }

    /** The number may be somebody else's by the time the stream is closed. */
    @Test
    void whatWasAdoptedIsNotClosedByWhoAcceptedIt() throws IOException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.connect(listener.localAddress());
        Accepted accepted = fixture.accept(listener);
        RawStream server = fixture.sockets.adopt(accepted);
        int before = fixture.kernel.count("close");
        accepted.close();
        assertEquals(0, fixture.kernel.count("close") - before);
        server.close();
        accepted.close();
        assertEquals(1, fixture.kernel.count("close") - before);
    }

    @Test
    void aConnectionWhosePeerCannotBeAskedForIsClosed() throws IOException {
        RawStream client = fixture.connect().client();
        int copy = Descriptors.blockingDuplicate(client.descriptor());
        Accepted accepted = fixture.sockets.accepted(copy);
        fixture.kernel.intercept("getpeername", failing());
        assertFailsAndCloses(1, () -> fixture.sockets.adopt(accepted));
    }

    @Test
    void adoptingADescriptorLeavesItToTheCaller() throws IOException {
        RawStream client = fixture.connect().client();
        for (String call : new String[] {"getsockopt", "getpeername", "setNonBlocking"}) {
            fixture.kernel.intercept(call, failing());
            assertFailsAndCloses(
                    0,
                    () -> fixture.sockets.adopt(client.descriptor(), StandardProtocolFamily.INET));
        }
    }

    @Test
    void openingAFileToSend(@TempDir Path directory) throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "d");
        fixture.kernel.intercept("lseek", failing());
        assertFailsAndCloses(1, () -> fixture.sockets.openFile(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"setsockopt", "setCloseOnExec", "setNonBlocking"})
    void aSocketThatIsPreparedInSteps(String call) {
        try (SocketFixture mac = new SocketFixture(OperatingSystem.MACOS)) {
            mac.kernel.intercept(call, failing());
            int before = mac.kernel.count("close");
            assertSame(
                    thrown,
                    assertThrows(
                            Error.class, () -> mac.sockets.stream(StandardProtocolFamily.INET)));
            assertEquals(1, mac.kernel.count("close") - before);
        }
    }
}
