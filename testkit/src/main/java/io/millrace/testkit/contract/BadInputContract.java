// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.Idle;
import io.millrace.Timer;
import io.millrace.Wakeup;
import io.millrace.file.AsyncFile;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Calls that cannot be right: each is refused where it is made, and changes nothing. */
public abstract class BadInputContract extends ContractTest {
    private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(8).asReadOnlyBuffer();

    private final Journal journal = new Journal();

    /** What a caller without a checker may pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    private static void assertNullRefused(Executable... calls) {
        for (Executable call : calls) {
            assertThrows(NullPointerException.class, call);
        }
    }

    private static void assertArgumentRefused(Executable... calls) {
        for (Executable call : calls) {
            assertThrows(IllegalArgumentException.class, call);
        }
    }

    /** The connection has survived whatever was refused, and nothing refused has reached it. */
    private void assertUndisturbed(TcpPair pair) throws IOException {
        pair.server().read(journal.reader("server"));
        pair.client().write(bytes(10), 0, 10);
        pair.client().shutdown();
        until("end", () -> journal.has("server end"));
        assertEquals(10, journal.receivedCount());
        journal.assertIs("server end");
    }

    @Test
    void nullIsRefusedByStreams() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream stream = pair.client();
        assertNullRefused(
                () -> TcpStream.open(nothing()),
                () -> TcpStream.connect(clientLoop(), nothing()),
                () -> stream.read(nothing()),
                () -> stream.read(ByteBuffer.allocateDirect(1), nothing()),
                () -> stream.readFully(nothing(), ReadEnds.into(journal, "read")),
                () -> stream.readTimeout(Duration.ZERO, nothing()),
                () -> stream.writeTimeout(nothing(), each -> {}),
                () -> stream.write((ByteBuffer) nothing()),
                () -> stream.write(new ByteBuffer[] {DIRECT, nothing()}, null),
                () -> stream.write((byte[]) nothing(), 0, 0),
                () -> stream.tryWrite(nothing()),
                () -> stream.sendFile((Path) nothing(), 0, -1, null),
                () -> stream.sendFile((AsyncFile) nothing(), 0, 1, null),
                () -> stream.onWritable(nothing()),
                () -> stream.onWriteFailure(nothing()),
                () -> stream.onClosed(nothing()));
        assertEquals(0, stream.writeQueueSize());
        assertUndisturbed(pair);
    }

    @Test
    void nullIsRefusedByLoopsAndTheirOtherHandles() throws IOException {
        Timer timer = Timer.open(loop());
        Idle idle = Idle.open(loop());
        TcpServer server = TcpServer.listen(loop(), anyPort(), stream -> {});
        assertNullRefused(
                () -> loop().execute(nothing()),
                () -> loop().work(nothing()),
                () -> loop().walk(nothing()),
                () -> loop().run(nothing()),
                () -> timer.start(Duration.ZERO, nothing()),
                () -> timer.start(nothing(), () -> {}),
                () -> timer.setRepeat(nothing()),
                () -> idle.start(nothing()),
                () -> Wakeup.open(loop(), nothing()),
                () -> TcpServer.listen(loop(), nothing(), stream -> {}),
                () -> TcpServer.listen(loop(), anyPort(), nothing(), stream -> {}),
                () -> TcpServer.listen(loop(), anyPort(), nothing()),
                () -> server.onAcceptError(nothing()));
        assertFalse(timer.isActive() || idle.isActive());
        assertHandles(timer, idle, server);
    }

    private void assertHandles(Object... expected) {
        List<Object> handles = new ArrayList<>();
        loop().walk(handles::add);
        assertEquals(List.of(expected), handles);
    }

    @Test
    void negativeSizesAndTimesAreRefused() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream stream = pair.client();
        byte[] bytes = new byte[4];
        Duration negative = Duration.ofNanos(-1);
        assertThrows(IndexOutOfBoundsException.class, () -> stream.write(bytes, -1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> stream.write(bytes, 0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> stream.write(bytes, 2, 3));
        assertArgumentRefused(
                () -> stream.readTimeout(negative, each -> {}),
                () -> stream.writeTimeout(negative, each -> {}),
                () -> stream.watermarks(-1, 1, 1),
                () -> stream.watermarks(2, 1, 3),
                () -> stream.watermarks(1, 3, 2),
                () -> stream.options().receiveBufferSize(0),
                () -> stream.options().sendBufferSize(-1),
                () -> stream.options().linger(negative),
                () -> stream.options().keepAlive(Duration.ZERO, Duration.ofSeconds(1), 1),
                () -> stream.options().keepAlive(Duration.ofSeconds(1), Duration.ZERO, 1),
                () -> stream.options().keepAlive(Duration.ofSeconds(1), Duration.ofSeconds(1), 0),
                () -> TcpStream.adopt(clientLoop(), -1),
                () -> ServerOptions.builder().backlog(0),
                () -> ServerOptions.builder().receiveBufferSize(-1),
                () -> Timer.open(clientLoop()).setRepeat(negative),
                () ->
                        Timer.open(clientLoop())
                                .startAtFixedRate(Duration.ZERO, Duration.ZERO, () -> {}));
        assertUndisturbed(pair);
    }

    @Test
    void whatCannotBeWrittenIsRefusedAndNothingIsQueued() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream stream = pair.client();
        assertArgumentRefused(
                () -> stream.write(new ByteBuffer[0], null),
                () -> stream.tryWrite(ByteBuffer.allocate(1)));
        assertEquals(0, stream.writeQueueSize());
        assertUndisturbed(pair);
    }

    @Test
    void readOnlyAndHeapAndEmptyBuffersMayBeWritten() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        TcpStream stream = pair.client();
        stream.write(ByteBuffer.wrap(bytes(4)).asReadOnlyBuffer(), journal.written("heap"));
        stream.write(DIRECT.duplicate(), journal.written("direct"));
        stream.write(ByteBuffer.allocate(0), journal.written("empty"));
        stream.write(bytes(4), 4, 0);
        stream.shutdown();
        until("end", () -> journal.has("server end"));
        assertEquals(4 + DIRECT.capacity(), journal.receivedCount());
        journal.lines().remove("server end");
        journal.assertIs("heap", "direct", "empty");
    }

    @Test
    void aClosedServerAndAClosedTimerRefuseCommandsAndAnswerQuestions() throws IOException {
        TcpServer server = TcpServer.listen(loop(), anyPort(), stream -> {});
        Timer timer = Timer.open(loop());
        timer.start(Duration.ZERO, journal.line("fired"));
        server.close();
        timer.close();
        assertRefused("closed", server::pauseAccept);
        until("closed", timer::isClosed);
        assertRefused("closed", server::resumeAccept);
        assertRefused("closed", () -> server.onAcceptError((each, failure) -> {}));
        assertRefused("closed", () -> timer.start(Duration.ZERO, () -> {}));
        assertRefused("closed", timer::again);
        assertRefused("closed", () -> timer.setRepeat(Duration.ZERO));
        assertFalse(server.localAddress() == null);
        assertEquals(null, timer.dueIn());
        timer.stop();
        timer.unref();
        journal.assertIs();
    }

    @Test
    void everyMethodRefusesAnotherThreadAndNamesTheWay() throws IOException {
        TcpPair pair = connectTcp();
        Map<String, Executable> calls = new LinkedHashMap<>();
        addLoopCalls(calls, clientLoop());
        addHandleCalls(calls, pair);
        addStreamCalls(calls, pair.client());
        calls.forEach(BadInputContract::assertRefusedElsewhere);
        assertUndisturbed(pair);
    }

    private static void addLoopCalls(Map<String, Executable> calls, EventLoop loop) {
        calls.put("run", loop::run);
        calls.put("work", () -> loop.work(() -> "answer"));
        calls.put("now", loop::now);
        calls.put("updateTime", loop::updateTime);
        calls.put("isAlive", loop::isAlive);
        calls.put("walk", () -> loop.walk(handle -> {}));
        calls.put("attach", () -> loop.attach("mine"));
        calls.put("closeAll", loop::closeAll);
        calls.put("close", loop::close);
        calls.put("open a handle", () -> TcpStream.open(loop));
        calls.put("listen", () -> TcpServer.listen(loop, anyPort(), stream -> {}));
    }

    private static void addHandleCalls(Map<String, Executable> calls, TcpPair pair) {
        calls.put("pauseAccept", pair.listener()::pauseAccept);
        calls.put("resumeAccept", pair.listener()::resumeAccept);
        calls.put("isActive", pair.client()::isActive);
        calls.put("isClosing", pair.client()::isClosing);
        calls.put("isClosed", pair.client()::isClosed);
        calls.put("ref", pair.client()::ref);
        calls.put("unref", pair.client()::unref);
        calls.put("hasRef", pair.client()::hasRef);
        calls.put("attachment", pair.client()::attachment);
        calls.put("onClosed", () -> pair.client().onClosed(() -> {}));
    }

    private static void addStreamCalls(Map<String, Executable> calls, TcpStream stream) {
        calls.put("connect", () -> stream.connect(loopback(1)));
        calls.put("read", () -> stream.read((each, chunk) -> {}));
        calls.put("pauseReading", stream::pauseReading);
        calls.put("resumeReading", stream::resumeReading);
        calls.put("readTimeout", () -> stream.readTimeout(Duration.ZERO, each -> {}));
        calls.put("writeTimeout", () -> stream.writeTimeout(Duration.ZERO, each -> {}));
        calls.put("write", () -> stream.write(bytes(1), 0, 1));
        calls.put("isWritable", stream::isWritable);
        calls.put("writeQueueSize", stream::writeQueueSize);
        calls.put("watermarks", () -> stream.watermarks(0, 1, 2));
        calls.put("onWritable", () -> stream.onWritable(() -> {}));
        calls.put("onWriteFailure", () -> stream.onWriteFailure((each, failure) -> {}));
        calls.put("shutdown", stream::shutdown);
        calls.put("closeWhenWritten", stream::closeWhenWritten);
        calls.put("closeReset", stream::closeReset);
        calls.put("options", () -> stream.options().noDelay(false));
        calls.put("localAddress", stream::localAddress);
        calls.put("remoteAddress", stream::remoteAddress);
        calls.put("fileDescriptor", stream::fileDescriptor);
    }

    private static void assertRefusedElsewhere(String method, Executable call) {
        Throwable refusal = thrownElsewhere(call);
        if (!(refusal instanceof IllegalStateException)) {
            throw new AssertionError(method + " on another thread: " + refusal, refusal);
        }
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith(method + " was called on thread elsewhere"), message);
        assertTrue(message.contains("use loop.execute(() -> ...)"), message);
    }

    private static @Nullable Throwable thrownElsewhere(Executable call) {
        Throwable[] thrown = new Throwable[1];
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                call.execute();
                            } catch (Throwable failure) {
                                thrown[0] = failure;
                            }
                        },
                        "elsewhere");
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while joining", e);
        }
        return thrown[0];
    }
}
