// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Wakeup;
import io.millrace.file.AsyncFile;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * What failed has one name on every backend: what the user asked for, and not the step at which the
 * backend found out.
 */
public abstract class FailureNamesContract extends ContractTest {
    private static IoException failureOf(Executable call) {
        return assertThrows(IoException.class, call);
    }

    private IoException failureOf(CompletionStage<?> stage) throws IOException {
        List<Throwable> failures = new ArrayList<>();
        stage.whenComplete((result, failure) -> failures.add(failure));
        until("the failure", () -> !failures.isEmpty());
        return assertInstanceOf(IoException.class, failures.get(0));
    }

    private static void assertNamed(String operation, String error, IoException failure) {
        assertEquals(operation, failure.operation());
        assertEquals(error, failure.errorName());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.startsWith(operation) && message.contains(error), message);
    }

    @Test
    void listeningWhereSomebodyListens() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        IoException failure =
                failureOf(
                        () -> TcpServer.listen(serverLoop(), server.localAddress(), stream -> {}));
        assertNamed("listen", "EADDRINUSE", failure);
        assertEquals(server.localAddress(), failure.address());
    }

    @Test
    void listeningAtAnAddressOfAnotherMachine() {
        InetSocketAddress foreign = new InetSocketAddress("192.0.2.1", 0);
        IoException failure =
                failureOf(() -> TcpServer.listen(serverLoop(), foreign, stream -> {}));
        assertNamed("listen", "EADDRNOTAVAIL", failure);
        assertEquals(foreign, failure.address());
    }

    @Test
    void connectingWhereNobodyListens() throws IOException {
        InetSocketAddress address = deadAddress();
        IoException failure = failureOf(TcpStream.open(clientLoop()).connect(address));
        assertNamed("connect", "ECONNREFUSED", failure);
        assertEquals(address, failure.address());
    }

    @Test
    void aWaitThatFails() throws IOException {
        assumeReal("a failing wait");
        FailingEngine engine = new FailingEngine(serverBackend().provider());
        EventLoop loop = EventLoop.open(LoopOptions.builder().provider(engine).build());
        Wakeup.open(loop);
        engine.fail();
        assertNamed("wait", "EBADF", failureOf(() -> loop.run()));
        loop.close();
    }

    @Test
    void filesThatAreNotThere(@TempDir Path directory) throws IOException {
        Path missing = directory.resolve("missing");
        assertNamed("open", "ENOENT", failureOf(AsyncFile.open(loop(), missing)));
        assertNamed("attributes", "ENOENT", failureOf(AsyncFile.attributes(loop(), missing)));
        TcpStream stream = connectTcp().server();
        List<IoException> failures = new ArrayList<>();
        stream.sendFile(missing, 0, -1, (same, failure) -> failures.add(failure));
        until("failed", () -> !failures.isEmpty());
        assertNamed("open", "ENOENT", failures.get(0));
    }
}
