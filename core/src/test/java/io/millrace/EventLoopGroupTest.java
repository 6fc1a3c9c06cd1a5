// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.fixture.FakeBackend;
import io.millrace.fixture.ScarcityFails;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.spi.Availability;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Groups that cannot be, on loops without sockets; the others are in the contract suite. */
@ExtendWith(ScarcityFails.class)
class EventLoopGroupTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<Thread> threads = new ArrayList<>();

    private static LoopOptions on(String backend) {
        return LoopOptions.builder().backend(backend).build();
    }

    @Test
    void loopsComeInTurn() throws Exception {
        try (EventLoopGroup group = EventLoopGroup.open(2)) {
            assertEquals(2, group.size());
            assertSame(group.loops().get(0), group.next());
            assertSame(group.loops().get(1), group.next());
            assertSame(group.loops().get(0), group.next());
        }
    }

    @Test
    void aGroupWithoutLoopsIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> EventLoopGroup.open(0));
        assertThrows(IllegalArgumentException.class, () -> EventLoopGroup.open(-1));
    }

    @Test
    void aBackendThatCannotRunIsToldToTheCaller() {
        IoException failure =
                assertThrows(IoException.class, () -> EventLoopGroup.open(2, on("fake-broken")));
        assertTrue(String.valueOf(failure.getMessage()).contains("it is broken on purpose"));
    }

    /** As when the system has no more threads, which is an Error. */
    @Test
    void ifOneThreadCannotStartTheOthersEnd() throws Exception {
        OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
        OutOfMemoryError told =
                assertThrows(
                        OutOfMemoryError.class,
                        () ->
                                EventLoopGroup.open(
                                        3,
                                        LoopOptions.DEFAULT,
                                        task -> {
                                            if (threads.size() == 2) {
                                                throw noThread;
                                            }
                                            threads.add(new Thread(task));
                                            return threads.get(threads.size() - 1);
                                        }));
        assertSame(noThread, told);
        for (Thread thread : threads) {
            assertFalse(thread.isAlive());
        }
    }

    @Test
    void aLoopWhoseEngineFailsIsClosedAndRefusesTasks() throws Exception {
        List<Throwable> told = new CopyOnWriteArrayList<>();
        Failing backend = new Failing();
        LoopOptions options =
                LoopOptions.builder()
                        .provider(backend)
                        .uncaughtHandler((handle, failure) -> told.add(failure))
                        .build();
        EventLoopGroup group = EventLoopGroup.open(1, options);
        EventLoop loop = group.next();
        backend.failing = true;
        group.close();
        assertEquals(1, told.size(), told::toString);
        assertTrue(told.get(0).getMessage().contains("EBADF"), told::toString);
        assertTrue(backend.closed);
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }

    /** The memory is lacking where nothing of the user's runs, and comes back later. */
    @Test
    void aLoopThatEndsWithoutMemoryIsLetGoOfAllTheSame() throws Exception {
        List<Throwable> told = new CopyOnWriteArrayList<>();
        AtomicInteger scarce = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        Failing backend = new Failing();
        LoopOptions options =
                LoopOptions.builder()
                        .provider(backend)
                        .timeCallbacks(true)
                        .clock(() -> timeUnlessScarce(scarce))
                        .uncaughtHandler((handle, failure) -> told.add(failure))
                        .build();
        EventLoopGroup group = EventLoopGroup.open(1, options);
        EventLoop loop = group.next();
        Runnable opening =
                () -> {
                    for (int i = 0; i < 3; i++) {
                        Timer timer = Timer.open(loop);
                        timer.onClosed(
                                () -> {
                                    closed.incrementAndGet();
                                    scarce.set(1);
                                });
                    }
                    backend.failing = true;
                };
        loop.execute(opening);
        group.close();
        assertEquals(3, closed.get());
        assertEquals(1, told.size(), told::toString);
        assertTrue(told.get(0).getMessage().contains("EBADF"), told::toString);
        assertTrue(backend.closed);
    }

    @Test
    void aWaitThatLacksMemoryIsTriedAgain() throws Exception {
        Failing backend = new Failing();
        EventLoop loop = EventLoop.open(LoopOptions.builder().provider(backend).build());
        AtomicInteger fired = new AtomicInteger();
        Timer.open(loop).startNanos(200_000_000, fired::incrementAndGet);
        backend.waitsWithoutMemory = 3;
        loop.run();
        assertEquals(0, backend.waitsWithoutMemory);
        assertEquals(1, fired.get());
        loop.closeAll();
        assertTrue(backend.closed);
    }

    private static long timeUnlessScarce(AtomicInteger scarce) {
        if (scarce.getAndSet(0) > 0) {
            throw new OutOfMemoryError("said on purpose");
        }
        return System.nanoTime();
    }

    /** An engine whose waits fail from some moment on, as when its descriptor is closed. */
    private static final class Failing extends FakeBackend {
        volatile boolean failing;
        volatile int waitsWithoutMemory;
        volatile boolean closed;

        Failing() {
            super("fake-failing", -1, Availability.usable("made for tests", Map.of()));
        }

        @Override
        public Driver open(DriverConfig config, LoopContext context) throws IoException {
            Driver good = super.open(config, context);
            return (Driver)
                    Proxy.newProxyInstance(
                            Failing.class.getClassLoader(),
                            new Class<?>[] {Driver.class},
                            (proxy, method, arguments) -> {
                                if (failing && method.getName().equals("poll")) {
                                    throw IoException.of(Code.BAD_DESCRIPTOR, "wait", null);
                                }
                                if (waitsWithoutMemory > 0 && method.getName().equals("poll")) {
                                    waitsWithoutMemory--;
                                    throw new OutOfMemoryError("said on purpose");
                                }
                                closed |= method.getName().equals("close");
                                return method.invoke(good, arguments);
                            });
        }
    }

    /** Four of them on two processors would hang in their opening. */
    @Test
    void virtualThreadsAreRefused() throws Exception {
        Object builder;
        try {
            builder = Thread.class.getMethod("ofVirtual").invoke(null);
        } catch (NoSuchMethodException before21) {
            org.junit.jupiter.api.Assumptions.abort("this virtual machine has no virtual threads");
            return;
        }
        ThreadFactory factory =
                (ThreadFactory)
                        Class.forName("java.lang.Thread$Builder")
                                .getMethod("factory")
                                .invoke(builder);
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> EventLoopGroup.open(4, LoopOptions.DEFAULT, factory));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains("platform threads"), message);
    }

    @Test
    void aVirtualThreadDoesNotRunALoopEither() throws Exception {
        Method start;
        try {
            start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException before21) {
            org.junit.jupiter.api.Assumptions.abort("this virtual machine has no virtual threads");
            return;
        }
        CompletableFuture<List<Object>> seen = new CompletableFuture<>();
        Runnable onVirtual =
                () -> {
                    try {
                        EventLoop loop = EventLoop.open(on("fake-good"));
                        List<Object> all = new ArrayList<>();
                        Timer.open(loop).onClosed(() -> all.add("closed"));
                        for (RunMode mode : RunMode.values()) {
                            all.add(
                                    assertThrows(IllegalStateException.class, () -> loop.run(mode))
                                            .getMessage());
                        }
                        loop.closeAll();
                        all.add(loop.isClosed());
                        seen.complete(all);
                    } catch (Throwable failure) {
                        seen.completeExceptionally(failure);
                    }
                };
        start.invoke(null, onVirtual);
        List<Object> all = seen.get();
        for (int i = 0; i < RunMode.values().length; i++) {
            String message = String.valueOf(all.get(i));
            assertTrue(message.contains("on a virtual thread"), message);
            assertTrue(message.contains("platform thread"), message);
        }
        assertEquals(List.of("closed", true), all.subList(RunMode.values().length, all.size()));
    }

    @Test
    void connectionsCannotBeHandedToAGroupOnAnotherBackend() throws Exception {
        try (EventLoopGroup group = EventLoopGroup.open(1, on("fake-hidden"));
                EventLoop loop = EventLoop.open(on("fake-good"))) {
            ServerOptions handing = ServerOptions.builder().handTo(group).build();
            IllegalArgumentException refusal =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> TcpServer.listen(loop, ANY, handing, stream -> {}));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains("fake-good") && message.contains("fake-hidden"), message);
        }
    }
}
