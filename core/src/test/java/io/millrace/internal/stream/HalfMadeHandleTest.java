// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.fixture.FakeBackend;
import io.millrace.fixture.ScarcityFails;
import io.millrace.internal.loop.Loop;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Accepted;
import io.millrace.spi.Availability;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.LoopContext;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.StreamPort;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever is thrown while a handle is being made, its loop is as it was before. */
@ExtendWith(ScarcityFails.class)
class HalfMadeHandleTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Error thrown = new OutOfMemoryError("thrown on purpose");
    private final List<String> closed = new ArrayList<>();
    private final Executor refusing =
            task -> {
                throw thrown;
            };
    private Failing backend;
    private EventLoop loop;

    @BeforeEach
    void openLoop() throws IoException {
        backend = new Failing();
        loop =
                EventLoop.open(
                        LoopOptions.builder().provider(backend).workExecutor(refusing).build());
    }

    @AfterEach
    void nothingIsLeft() throws IoException {
        List<Handle> handles = new ArrayList<>();
        loop.walk(handles::add);
        assertEquals(List.of(), handles);
        assertFalse(loop.isAlive());
        assertFalse(loop.run(RunMode.NOWAIT));
        loop.close();
    }

    @Test
    void aServerThatTheEngineCannotMake() {
        backend.failing = "listen";
        assertSame(thrown, assertThrows(Error.class, () -> listen()));
    }

    @Test
    void aServerThatCannotTellItsAddress() {
        backend.failing = "localAddress";
        assertSame(thrown, assertThrows(Error.class, () -> listen()));
        assertEquals(List.of("close"), closed);
    }

    @Test
    void aServerThatCannotStartToAccept() {
        backend.failing = "startAccept";
        assertSame(thrown, assertThrows(Error.class, () -> listen()));
        assertEquals(List.of("close"), closed);
    }

    private TcpServer listen() throws IoException {
        return TcpServer.listen(loop, ANY, stream -> {});
    }

    @Test
    void aStreamOfADescriptor() {
        backend.failing = "adopt";
        assertSame(thrown, assertThrows(Error.class, () -> TcpStream.adopt(loop, 7)));
        backend.failing = "setOption";
        assertSame(thrown, assertThrows(Error.class, () -> TcpStream.adopt(loop, 7)));
        assertEquals(List.of("close"), closed);
    }

    @Test
    void aStreamOfAnAcceptedConnection() {
        backend.failing = "adopt";
        Accepted connection = () -> closed.add("connection");
        assertSame(
                thrown,
                assertThrows(
                        Error.class,
                        () -> SocketStream.adopted((Loop) loop, TcpSocketStream::new, connection)));
        assertEquals(List.of("connection"), closed);
        backend.failing = "setOption";
        assertSame(
                thrown,
                assertThrows(
                        Error.class,
                        () -> SocketStream.adopted((Loop) loop, TcpSocketStream::new, connection)));
        assertEquals(List.of("connection", "close"), closed);
    }

    @Test
    void workThatTheExecutorDoesNotTake() {
        assertSame(thrown, assertThrows(Error.class, () -> loop.work(() -> "answer")));
    }

    @Test
    void aLoopThatCannotBeMadeLeavesNoEngineBehind() {
        backend.failing = "capabilities";
        LoopOptions options = LoopOptions.builder().provider(backend).build();
        assertThrows(Throwable.class, () -> EventLoop.open(options));
        assertTrue(closed.contains("close"));
    }

    /** An engine of which one call throws. */
    private final class Failing extends FakeBackend {
        String failing = "";

        Failing() {
            super("fake-failing", -1, Availability.usable("made for tests", Map.of()));
        }

        @Override
        public Driver open(DriverConfig config, LoopContext context) throws IoException {
            return played(Driver.class, super.open(config, context));
        }

        private <T> T played(Class<T> type, Object good) {
            Object proxy =
                    Proxy.newProxyInstance(
                            type.getClassLoader(),
                            new Class<?>[] {type},
                            (self, method, arguments) -> {
                                if (method.getName().equals(failing)) {
                                    throw thrown;
                                }
                                return switch (method.getName()) {
                                    case "close" -> closed.add("close") ? null : null;
                                    case "streams" -> played(StreamEngine.class, good);
                                    case "listen" -> played(ListenerPort.class, good);
                                    case "adopt" -> played(StreamPort.class, good);
                                    case "remoteAddress", "localAddress" -> ANY;
                                    case "startAccept" -> null;
                                    case "setOption" -> 0;
                                    default -> invoke(method, good, arguments);
                                };
                            });
            return type.cast(proxy);
        }

        private Object invoke(java.lang.reflect.Method method, Object good, Object[] arguments)
                throws Throwable {
            try {
                return method.invoke(good, arguments);
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        }
    }
}
