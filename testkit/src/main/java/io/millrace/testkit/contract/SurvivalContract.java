// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.UncaughtHandler;
import io.millrace.Wakeup;
import io.millrace.Work;
import io.millrace.file.AsyncFile;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Log;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What goes wrong beside the user's callbacks ends no loop; and where the engine itself fails,
 * nobody waits for ever: the loop can be let go of, and a group says what it has lost.
 */
public abstract class SurvivalContract extends ContractTest {
    private static final long HANG_SECONDS = 30;
    private static final int LARGE = 15 << 20;

    private final Journal journal = new Journal();
    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private final List<LogTap> taps = new ArrayList<>();

    @AfterEach
    void restoreLogging() {
        taps.forEach(LogTap::close);
    }

    /** Who is asked to log from now on, in place of the console. */
    private void logTo(Consumer<LogRecord> target) {
        taps.add(new LogTap(target));
    }

    private LoopOptions.Builder options(FailingEngine engine) {
        return LoopOptions.builder()
                .provider(engine)
                .uncaughtHandler((handle, failure) -> uncaught.add(failure));
    }

    private FailingEngine engine() {
        return new FailingEngine(serverBackend().provider());
    }

    /** A loop with one of everything in flight, and what its stages and callbacks say. */
    private final class Busy {
        final FailingEngine engine = engine();
        final EventLoop loop;
        final TcpServer server;
        final Path path;
        final Socket peer;
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final List<CompletableFuture<?>> stages = new ArrayList<>();

        Busy() throws Exception {
            loop = EventLoop.open(options(engine).build());
            List<TcpStream> accepted = new ArrayList<>();
            server = TcpServer.listen(loop, anyPort(), accepted::add);
            InetSocketAddress address = (InetSocketAddress) server.localAddress();
            peer = new Socket(address.getAddress(), address.getPort());
            path = Files.write(Files.createTempFile("millrace", ".file"), bytes(1000));
            List<AsyncFile> files = new ArrayList<>();
            AsyncFile.open(loop, path).thenAccept(files::add);
            turnUntil(() -> !accepted.isEmpty() && !files.isEmpty());
            TcpStream stream = accepted.get(0);
            stream.onClosed(journal.line("stream closed"));
            stream.read(ByteBuffer.allocateDirect(10), readCallback());
            stream.write(ByteBuffer.allocateDirect(LARGE), journal.written("write"));
            stages.add(stream.shutdown().toCompletableFuture());
            TcpStream client = TcpStream.open(loop);
            stages.add(client.connect(address).toCompletableFuture());
            stages.add(AsyncFile.attributes(loop, path).toCompletableFuture());
            stages.add(files.get(0).size().toCompletableFuture());
            Work<Boolean> work = loop.work(() -> mayEnd.await(HANG_SECONDS, TimeUnit.SECONDS));
            stages.add(work.result().toCompletableFuture());
            stages.add(work.result().thenApplyAsync(each -> each).toCompletableFuture());
            Timer.open(loop).start(Duration.ofDays(1), () -> {});
            Wakeup.open(loop, () -> {});
            server.onClosed(journal.line("server closed"));
        }

        private ReadCallback readCallback() {
            return new ReadCallback() {
                @Override
                public void onRead(ByteStream stream, ByteBuffer buffer, int count) {
                    journal.add("read " + count);
                }

                @Override
                public void onFailure(ByteStream stream, ByteBuffer buffer, IoException failure) {
                    journal.add("read " + failure.errorName());
                }
            };
        }

        void turnUntil(java.util.function.BooleanSupplier condition) throws IOException {
            try (Watchdog watchdog = Watchdog.over(List.of(loop), LoopRig.DEADLINE_NANOS)) {
                while (!condition.getAsBoolean()) {
                    loop.run(RunMode.ONCE);
                    assertFalse(watchdog.hasBarked());
                }
            }
        }

        /** Everything has ended, nothing is left open, and nobody is let in any more. */
        void assertLetGo() throws Exception {
            for (int i = 0; i < stages.size(); i++) {
                assertTrue(stages.get(i).isDone(), "stage " + i);
            }
            assertTrue(stages.get(0).isCompletedExceptionally(), "the shutdown");
            assertTrue(stages.get(stages.size() - 2).isCompletedExceptionally(), "the work");
            assertTrue(stages.get(stages.size() - 1).isCompletedExceptionally(), "its step");
            assertTrue(journal.has("read ECANCELED"), journal.lines()::toString);
            assertTrue(journal.has("write ECANCELED"), journal.lines()::toString);
            assertTrue(journal.has("stream closed"), journal.lines()::toString);
            assertTrue(journal.has("server closed"), journal.lines()::toString);
            assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
            peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(HANG_SECONDS));
            assertEnds(peer);
            mayEnd.countDown();
            Files.delete(path);
            assertFree((InetSocketAddress) server.localAddress());
            assertEquals(List.of(), List.copyOf(uncaught));
        }
    }

    private static void assertEnds(Socket socket) throws IOException {
        try (socket) {
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketException reset) {
            assertTrue(String.valueOf(reset.getMessage()).contains("reset"), reset::toString);
        }
    }

    /** Nobody listens there any more; the kernel may need a moment for it. */
    private static void assertFree(InetSocketAddress address) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
        while (true) {
            try (ServerSocket free = new ServerSocket()) {
                free.bind(address);
                return;
            } catch (java.net.BindException taken) {
                assertTrue(System.nanoTime() < deadline, taken::toString);
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void closeAllLetsGoOfALoopWhoseWaitHasFailed() throws Exception {
        assumeReal("a failing wait");
        logTo(record -> {});
        Busy busy = new Busy();
        busy.engine.fail();
        IoException failure = assertThrows(IoException.class, busy.loop::run);
        assertEquals("EBADF", failure.errorName());
        busy.loop.closeAll();
        busy.assertLetGo();
        busy.loop.closeAll();
        busy.loop.close();
    }

    @Test
    void closeLetsGoOfALoopWhoseWaitHasFailed() throws Exception {
        assumeReal("a failing wait");
        Busy busy = new Busy();
        busy.engine.fail();
        assertThrows(IoException.class, () -> busy.loop.run(RunMode.NOWAIT));
        busy.loop.close();
        busy.assertLetGo();
    }

    @Test
    void closeAllLetsGoOfALoopWhoseWaitFailsOnlyThen() throws Exception {
        assumeReal("a failing wait");
        List<String> logged = new ArrayList<>();
        logTo(record -> logged.add(record.getMessage()));
        Busy busy = new Busy();
        busy.engine.fail();
        busy.loop.closeAll();
        busy.assertLetGo();
        assertEquals(1, logged.size(), logged::toString);
    }

    @Test
    void aLoopWhoseThreadHasEndedIsClosedFromElsewhere() throws Exception {
        assumeReal("another thread");
        logTo(record -> {});
        CompletableFuture<Busy> made = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                made.complete(new Busy());
                            } catch (Throwable failure) {
                                made.completeExceptionally(failure);
                            }
                        });
        thread.start();
        Busy busy = made.get(HANG_SECONDS, TimeUnit.SECONDS);
        thread.join();
        busy.mayEnd.countDown();
        busy.loop.closeAll();
        assertThrows(RejectedExecutionException.class, () -> busy.loop.execute(() -> {}));
        assertFree((InetSocketAddress) busy.server.localAddress());
        assertEnds(busy.peer);
        for (CompletableFuture<?> stage : busy.stages) {
            assertTrue(stage.isDone());
        }
    }

    @Test
    void anHeirClosesAllInOrderAndIsNotWarned() throws Exception {
        assumeReal("another thread");
        List<String> logged = new ArrayList<>();
        logTo(record -> logged.add(record.getMessage()));
        CompletableFuture<EventLoop> made = new CompletableFuture<>();
        Thread thread = new Thread(() -> made.completeAsync(this::runOnce, Runnable::run));
        thread.start();
        EventLoop loop = made.get(HANG_SECONDS, TimeUnit.SECONDS);
        thread.join();
        loop.closeAll();
        journal.assertIs("write ECANCELED", "stream closed", "timer closed");
        assertTrue(loop.isClosed());
        assertEquals(List.of(), logged);
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    /** A loop that has run on this thread, with a write that does not end. */
    private EventLoop runOnce() {
        try {
            EventLoop loop = EventLoop.open(options(engine()).build());
            List<TcpStream> accepted = new ArrayList<>();
            TcpServer server = TcpServer.listen(loop, anyPort(), accepted::add);
            TcpStream client = TcpStream.open(loop);
            client.connect(server.localAddress());
            while (accepted.isEmpty()) {
                loop.run(RunMode.ONCE);
            }
            server.close();
            client.write(ByteBuffer.allocateDirect(LARGE), journal.written("write"));
            client.onClosed(journal.line("stream closed"));
            Timer timer = Timer.open(loop);
            timer.onClosed(journal.line("timer closed"));
            loop.run(RunMode.NOWAIT);
            loop.run(RunMode.NOWAIT);
            return loop;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void whoeverWaitsForATaskOfALoopThatIsLetGoOfHearsThatItDoesNotCome() throws Exception {
        assumeReal("a failing wait");
        FailingEngine engine = engine();
        EventLoop loop = EventLoop.open(options(engine).build());
        Wakeup.open(loop);
        engine.fail();
        FutureTask<String> task = new FutureTask<>(() -> "ran");
        loop.execute(task);
        CompletionStage<Void> stage = CompletableFuture.runAsync(() -> {}, loop::execute);
        assertThrows(IoException.class, loop::run);
        loop.close();
        assertTrue(task.isCancelled());
        stage.toCompletableFuture().get(HANG_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aGroupWhoseLoopFailsClosesItsListenersSaysSoAndCanBeClosed() throws Exception {
        assumeReal("a group with its threads");
        Queue<String> logged = new ConcurrentLinkedQueue<>();
        logTo(record -> logged.add(record.getMessage()));
        FailingEngine engine = engine();
        EventLoopGroup group = EventLoopGroup.open(2, options(engine).build());
        List<TcpServer> servers =
                TcpServer.listen(
                        group,
                        anyPort(),
                        ServerOptions.DEFAULT,
                        stream -> stream.read((each, chunk) -> each.write(chunk)));
        InetSocketAddress address = (InetSocketAddress) servers.get(0).localAddress();
        Socket client = new Socket(address.getAddress(), address.getPort());
        client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(HANG_SECONDS));
        client.getOutputStream().write(1);
        assertEquals(1, client.getInputStream().read());
        engine.fail();
        awaitEnd(group);
        assertEnds(client);
        assertFree(address);
        assertThrows(
                RejectedExecutionException.class,
                () -> TcpServer.listen(group, anyPort(), ServerOptions.DEFAULT, stream -> {}));
        group.close();
        assertEquals(2, logged.size(), logged::toString);
        assertTrue(logged.peek().contains("has ended"), logged::toString);
        assertEquals(2, uncaught.size());
    }

    /** The tasks end the waits, and with the next ones the loops. */
    private static void awaitEnd(EventLoopGroup group) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
        for (EventLoop loop : group.loops()) {
            boolean open = true;
            while (open) {
                try {
                    loop.execute(() -> {});
                    assertTrue(System.nanoTime() < deadline, "still takes tasks");
                    LockSupport.parkNanos(1_000_000);
                } catch (RejectedExecutionException closed) {
                    open = false;
                }
            }
        }
    }

    @Test
    void aTaskCannotEndALoopOfAnOpenGroup() throws Exception {
        assumeReal("a group with its threads");
        try (EventLoopGroup group = EventLoopGroup.open(1, options(engine()).build())) {
            EventLoop loop = group.next();
            CompletableFuture.runAsync(() -> loop.walk(Handle::close), loop::execute)
                    .get(HANG_SECONDS, TimeUnit.SECONDS);
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(loop::stop, loop::execute);
            assertThrows(Exception.class, () -> stopped.get(HANG_SECONDS, TimeUnit.SECONDS));
            for (int i = 0; i < 3; i++) {
                CompletableFuture.runAsync(() -> {}, loop::execute)
                        .get(HANG_SECONDS, TimeUnit.SECONDS);
            }
        }
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    @Test
    void aLoggerThatThrowsEndsNoLoop() throws IOException {
        Error broken = new NoClassDefFoundError("thrown on purpose");
        logTo(
                record -> {
                    throw broken;
                });
        long before = Log.failures();
        EventLoop loop =
                rig().open(
                                serverBackend(),
                                false,
                                builder -> builder.uncaughtHandler(UncaughtHandler.LOGGING));
        Timer timer = Timer.open(loop);
        timer.start(
                Duration.ZERO,
                () -> {
                    throw new IllegalStateException("thrown on purpose");
                });
        loop.execute(
                () -> {
                    throw new StackOverflowError("thrown on purpose");
                });
        until("closed", timer::isClosed);
        assertTrue(Log.failures() >= before + 2, "lost records are counted");
    }

    /** Whose text cannot be made either. */
    private static final class Mute extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("thrown on purpose");
        }

        @Override
        public String toString() {
            throw new NoClassDefFoundError("thrown on purpose");
        }
    }

    @Test
    void aFailureThatCannotBeDescribedAndAHandlerThatThrowsEndNoLoop() throws IOException {
        EventLoop loop =
                rig().open(
                                serverBackend(),
                                false,
                                builder ->
                                        builder.uncaughtHandler(
                                                (handle, failure) -> {
                                                    throw new Mute();
                                                }));
        Timer timer = Timer.open(loop);
        timer.start(
                Duration.ZERO,
                () -> {
                    throw new Mute();
                });
        until("closed", timer::isClosed);
    }

    /**
     * Refuses the tasks that come after so many, perhaps with what no executor should throw, and
     * perhaps when it has run them.
     */
    private static Executor refusing(int after, boolean runs, Throwable refusal) {
        AtomicInteger tasks = new AtomicInteger();
        return task -> {
            boolean refused = tasks.getAndIncrement() >= after;
            if (!refused || runs) {
                task.run();
            }
            if (refused) {
                throwAnyway(refusal);
            }
        };
    }

    private static void throwAnyway(Throwable unchecked) {
        if (unchecked instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) unchecked;
    }

    @Test
    void anExecutorThatFailsInAnyWayHasRefused() throws Exception {
        List<Throwable> refusals =
                List.of(
                        new OutOfMemoryError("no thread, said on purpose"),
                        new IllegalStateException("thrown on purpose"),
                        new RejectedExecutionException("thrown on purpose"));
        Path path = Files.write(Files.createTempFile("millrace", ".file"), bytes(1000));
        for (Throwable refusal : refusals) {
            for (int after = 0; after < 5; after++) {
                allEndsWith(refusing(after, false, refusal), path);
                allEndsWith(refusing(after, true, refusal), path);
            }
        }
        Files.delete(path);
    }

    /** A file and a task, on a loop that has nothing left to do when they have ended. */
    private void allEndsWith(Executor executor, Path path) throws IOException {
        List<CompletableFuture<?>> stages = new ArrayList<>();
        EventLoop loop =
                rig().open(
                                serverBackend(),
                                false,
                                builder ->
                                        builder.workExecutor(executor)
                                                .uncaughtHandler((handle, failure) -> {}));
        CompletionStage<AsyncFile> open = AsyncFile.open(loop, path);
        stages.add(open.toCompletableFuture());
        open.thenAccept(
                file -> {
                    CompletionStage<Long> size = file.size();
                    size.whenComplete((bytes, failure) -> file.close());
                    stages.add(size.toCompletableFuture());
                });
        stages.add(AsyncFile.attributes(loop, path).toCompletableFuture());
        try {
            stages.add(loop.work(() -> 1).result().toCompletableFuture());
        } catch (RuntimeException | Error refused) {
            stages.add(CompletableFuture.failedFuture(refused));
        }
        until("the end", () -> stages.stream().allMatch(CompletableFuture::isDone));
        until("nothing left", () -> !loop.isAlive());
        List<Handle> left = new ArrayList<>();
        loop.walk(left::add);
        assertEquals(List.of(), left);
    }

    @Test
    void aWalkMayWalkAndCloseTheLoop() throws IOException {
        EventLoop loop = rig().open(serverBackend(), false, builder -> builder);
        List<Handle> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Timer.open(loop);
        }
        loop.walk(each -> loop.walk(seen::add));
        assertEquals(9, seen.size());
        loop.walk(
                each -> {
                    seen.add(each);
                    try {
                        loop.closeAll();
                    } catch (IoException failure) {
                        throw new AssertionError(failure);
                    }
                });
        assertEquals(10, seen.size());
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }

    @Test
    void aHandleThatCannotBeMadeLeavesNothingBehind() throws IOException {
        List<Object> handles = new ArrayList<>();
        TcpServer taken = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        assertThrows(
                IoException.class,
                () -> TcpServer.listen(serverLoop(), taken.localAddress(), stream -> {}));
        serverLoop().walk(handles::add);
        assertEquals(List.of(taken), handles);
        assertSame(taken, handles.get(0));
    }

    @Test
    void interruptsChangeNoResultAndTheFlagStaysUp() throws Exception {
        assumeReal("another thread");
        Thread here = Thread.currentThread();
        AtomicBoolean over = new AtomicBoolean();
        Thread nagger =
                new Thread(
                        () -> {
                            while (!over.get()) {
                                here.interrupt();
                                LockSupport.parkNanos(20_000);
                            }
                        });
        nagger.setDaemon(true);
        nagger.start();
        try {
            for (int round = 0; round < 20; round++) {
                exchangeInterrupted(here);
            }
            assertTrue(Thread.interrupted(), "the flag was lowered");
        } finally {
            over.set(true);
            while (nagger.isAlive()) {
                Thread.onSpinWait();
            }
            Thread.interrupted();
        }
    }

    /** Accepts, connects, sends a megabyte there and back, half-closes, and closes. */
    private void exchangeInterrupted(Thread here) throws IOException {
        TcpPair pair = connectTcp();
        Journal ends = new Journal();
        int size = 1 << 20;
        pair.server()
                .read(
                        new io.millrace.net.ReadHandler() {
                            @Override
                            public void onRead(ByteStream stream, io.millrace.Chunk chunk) {
                                here.interrupt();
                                stream.write(chunk);
                                here.interrupt();
                            }

                            @Override
                            public void onEnd(ByteStream stream) {
                                here.interrupt();
                                stream.shutdown().whenComplete(ends.outcome("server shutdown"));
                            }
                        });
        pair.client().read(ends.reader("client"));
        here.interrupt();
        pair.client().write(ByteBuffer.allocateDirect(size), ends.written("write"));
        pair.client().shutdown().whenComplete(ends.outcome("client shutdown"));
        until("the end", () -> ends.has("client end") && ends.has("server shutdown"));
        assertEquals(size, ends.receivedCount());
        assertTrue(ends.has("client shutdown"), ends.lines()::toString);
        Timer timer = Timer.open(serverLoop());
        timer.start(Duration.ofMillis(3), () -> ends.add("timer"));
        until("the timer", () -> ends.has("timer"));
        timer.close();
        pair.listener().close();
        pair.client().close();
        pair.server().close();
        until("closed", () -> pair.server().isClosed() && pair.listener().isClosed());
    }
}
