// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Check;
import io.millrace.Chunk;
import io.millrace.Handle;
import io.millrace.Hook;
import io.millrace.Idle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Prepare;
import io.millrace.Timer;
import io.millrace.Wakeup;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A callback that throws: its handle is closed and reported with what was thrown, once, and another
 * connection of the same loops never notices.
 */
public abstract class CallbackFailureContract extends ContractTest {
    /** More than sockets hold, and less than a write queue may. */
    private static final int LARGE = 15 << 20;

    private final Journal journal = new Journal();
    private final RuntimeException thrown = new IllegalStateException("thrown on purpose");
    private final List<@Nullable Handle> reported = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private boolean handlerThrows;
    private TcpPair bystander;

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options.uncaughtHandler(this::report);
    }

    private void report(@Nullable Handle handle, Throwable failure) {
        assertTrue(handle == null || handle.isClosing());
        reported.add(handle);
        failures.add(failure);
        if (handlerThrows) {
            throw new UnsupportedOperationException("the handler, too, on purpose");
        }
    }

    @BeforeEach
    void openBystander() throws IOException {
        bystander = connectTcp();
        bystander.server().read((stream, chunk) -> stream.write(chunk));
        bystander.client().read(journal.reader("bystander"));
    }

    private void raise() {
        throw thrown;
    }

    /** The throwing handle closes and is reported; everybody else goes on. */
    private void assertClosedAndReported(Handle handle) throws IOException {
        until("closed", handle::isClosed);
        assertEquals(List.of(handle), reported);
        assertEquals(List.of(thrown), failures);
        assertBystanderLives();
    }

    private void assertBystanderLives() throws IOException {
        int before = journal.receivedCount();
        bystander.client().write(bytes(100), 0, 100);
        until("the bystander's echo", () -> journal.receivedCount() == before + 100);
        assertFalse(bystander.client().isClosing());
        assertFalse(bystander.server().isClosing());
        assertFalse(bystander.listener().isClosing());
    }

    /** A handler of which every callback throws. */
    private ReadHandler throwingReader() {
        return new ReadHandler() {
            @Override
            public void onRead(ByteStream stream, Chunk chunk) {
                raise();
            }

            @Override
            public void onEnd(ByteStream stream) {
                raise();
            }

            @Override
            public void onFailure(ByteStream stream, IoException failure) {
                raise();
            }
        };
    }

    /** A read into memory of which both ends throw. */
    private ReadCallback throwingCallback() {
        return new ReadCallback() {
            @Override
            public void onRead(ByteStream stream, ByteBuffer buffer, int count) {
                raise();
            }

            @Override
            public void onFailure(ByteStream stream, ByteBuffer buffer, IoException failure) {
                raise();
            }
        };
    }

    @Test
    void ofAReadHandlerThatIsGivenBytes() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(throwingReader());
        pair.client().write(bytes(100_000), 0, 100_000);
        pair.client().shutdown();
        assertClosedAndReported(pair.server());
    }

    @Test
    void ofAReadHandlerThatMeetsTheEnd() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(throwingReader());
        pair.client().shutdown();
        assertClosedAndReported(pair.server());
    }

    @Test
    void ofAReadHandlerThatMeetsAReset() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(throwingReader());
        pair.client().closeReset();
        assertClosedAndReported(pair.server());
    }

    @Test
    void ofAReadIntoMemory() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(ByteBuffer.allocateDirect(10), throwingCallback());
        pair.client().write(bytes(100), 0, 100);
        assertClosedAndReported(pair.server());
    }

    @Test
    void ofAReadIntoMemoryThatFails() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(ByteBuffer.allocateDirect(10), throwingCallback());
        pair.client().closeReset();
        assertClosedAndReported(pair.server());
    }

    @Test
    void ofAReadIntoMemoryThatIsCancelled() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().onClosed(journal.line("closed"));
        pair.server().read(ByteBuffer.allocateDirect(10), throwingCallback());
        pair.server().close();
        assertClosedAndReported(pair.server());
        journal.assertIs("closed");
    }

    @Test
    void ofAWriteWhoseSuccessorsAreThenCancelled() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream client = pair.client();
        client.onClosed(journal.line("closed"));
        client.write(ByteBuffer.allocateDirect(1), (stream, failure) -> raise());
        client.write(ByteBuffer.allocateDirect(LARGE), journal.written("large"));
        client.shutdown().whenComplete(journal.outcome("shutdown"));
        assertClosedAndReported(client);
        journal.assertIs("large ECANCELED", "shutdown ECANCELED", "closed");
    }

    @Test
    void ofEveryCancelledWriteAndOfTheCloseItself() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream client = pair.client();
        client.onClosed(this::raise);
        client.write(ByteBuffer.allocateDirect(LARGE), (stream, failure) -> raise());
        client.write(ByteBuffer.allocateDirect(1), (stream, failure) -> raise());
        client.close();
        until("closed", client::isClosed);
        assertEquals(List.of(client, client, client), reported);
        assertEquals(List.of(thrown, thrown, thrown), failures);
        assertBystanderLives();
    }

    @Test
    void ofOnWritable() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream client = pair.client();
        client.watermarks(0, 1, 1 << 20);
        client.onWritable(this::raise);
        client.write(bytes(1000), 0, 1000);
        assertClosedAndReported(client);
    }

    @Test
    void ofOnWriteFailure() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream server = pair.server();
        server.onWriteFailure((stream, failure) -> raise());
        server.write(ByteBuffer.allocateDirect(LARGE));
        pair.client().closeReset();
        assertClosedAndReported(server);
    }

    @Test
    void ofAReadTimeout() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(Duration.ofMillis(2), stream -> raise());
        assertClosedAndReported(pair.server());
    }

    @Test
    void ofAWriteTimeout() throws IOException {
        TcpPair pair = connectTcp();
        pair.client().write(ByteBuffer.allocateDirect(LARGE), journal.written("large"));
        pair.client().writeTimeout(Duration.ofMillis(5), stream -> raise());
        assertClosedAndReported(pair.client());
        journal.assertIs("large ECANCELED");
    }

    @Test
    void ofAConnectionHandlerClosesOnlyThatConnection() throws IOException {
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server =
                TcpServer.listen(
                        serverLoop(),
                        anyPort(),
                        stream -> {
                            accepted.add(stream);
                            if (accepted.size() == 2) {
                                raise();
                            }
                        });
        for (int i = 0; i < 3; i++) {
            TcpStream.open(clientLoop()).connect(server.localAddress());
        }
        until("three connections", () -> accepted.size() == 3);
        assertClosedAndReported(accepted.get(1));
        assertFalse(accepted.get(0).isClosing() || accepted.get(2).isClosing());
        assertFalse(server.isClosing());
    }

    @Test
    void ofATimer() throws IOException {
        Timer timer = Timer.open(loop());
        timer.startAtFixedRate(Duration.ZERO, Duration.ofNanos(1), this::raise);
        assertClosedAndReported(timer);
    }

    @Test
    void ofATimerDoesNotDisturbThoseDueWithIt() throws IOException {
        Timer timer = Timer.open(loop());
        Timer next = Timer.open(loop());
        timer.start(Duration.ZERO, this::raise);
        next.start(Duration.ZERO, journal.line("next"));
        until("next", () -> journal.has("next"));
        assertClosedAndReported(timer);
    }

    @Test
    void ofAHookOfEachKindDoesNotDisturbTheNextOne() throws IOException {
        assertHookClosesAlone(Idle.open(loop()), Idle.open(loop()));
        assertHookClosesAlone(Prepare.open(loop()), Prepare.open(loop()));
        assertHookClosesAlone(Check.open(loop()), Check.open(loop()));
    }

    private void assertHookClosesAlone(Hook hook, Hook next) throws IOException {
        int before = journal.lines().size();
        reported.clear();
        failures.clear();
        hook.start(this::raise);
        next.start(journal.line("next"));
        until("called", () -> journal.lines().size() > before);
        assertClosedAndReported(hook);
        next.close();
    }

    @Test
    void ofAWakeup() throws IOException {
        Wakeup wakeup = Wakeup.open(loop(), this::raise);
        wakeup.send();
        assertClosedAndReported(wakeup);
        wakeup.send();
    }

    @Test
    void ofATaskIsReportedWithoutAHandleAndTheNextTaskRuns() throws IOException {
        loop().execute(this::raise);
        loop().execute(journal.line("next"));
        until("next", () -> journal.has("next"));
        assertEquals(1, reported.size());
        assertEquals(null, reported.get(0));
        assertEquals(List.of(thrown), failures);
        assertBystanderLives();
    }

    @Test
    void ofACloseCallbackDoesNotDisturbTheNextOne() throws IOException {
        Timer first = Timer.open(loop());
        Timer second = Timer.open(loop());
        first.onClosed(this::raise);
        second.onClosed(journal.line("second"));
        first.close();
        second.close();
        until("second", () -> journal.has("second"));
        assertClosedAndReported(first);
    }

    /**
     * A stage has its own way to tell: what a dependent action throws fails the dependent stage.
     */
    @Test
    void ofAConnectStageFailsTheDependentStageAndClosesNothing() throws IOException {
        TcpStream client = TcpStream.open(clientLoop());
        client.connect(bystander.listener().localAddress())
                .thenAccept(stream -> raise())
                .whenComplete((nothing, failure) -> journal.add("" + causeOf(failure)));
        until("outcome", () -> !journal.lines().isEmpty());
        journal.assertIs("" + thrown);
        assertFalse(client.isClosing());
        assertTrue(reported.isEmpty());
        assertBystanderLives();
    }

    private static @Nullable Throwable causeOf(@Nullable Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    @Test
    void anErrorIsTreatedLikeAnException() throws IOException {
        Error error = new StackOverflowError("thrown on purpose");
        TcpPair pair = connectTcp();
        pair.server()
                .read(
                        (stream, chunk) -> {
                            throw error;
                        });
        pair.client().write(bytes(10), 0, 10);
        until("closed", pair.server()::isClosed);
        assertEquals(List.of(pair.server()), reported);
        assertEquals(List.of(error), failures);
        assertBystanderLives();
    }

    @Test
    void eachOfSeveralIsReported() throws IOException {
        for (int i = 0; i < 3; i++) {
            TcpPair pair = connectTcp();
            pair.server().read(throwingReader());
            pair.client().write(bytes(10), 0, 10);
            until("closed", pair.server()::isClosed);
            assertEquals(i + 1, reported.size());
            assertEquals(pair.server(), reported.get(i));
        }
        assertBystanderLives();
    }

    @Test
    void anUncaughtHandlerThatThrowsStopsNothingEither() throws IOException {
        handlerThrows = true;
        Timer timer = Timer.open(loop());
        timer.start(Duration.ZERO, this::raise);
        assertClosedAndReported(timer);
    }
}
