// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.file.AsyncFile;
import io.millrace.fixture.FakeBackend;
import io.millrace.internal.file.FileOptions;
import io.millrace.net.ConnectOptions;
import io.millrace.net.Resolver;
import io.millrace.net.ResolverOptions;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.Pipe;
import io.millrace.process.Terminal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever passes a null where none may be is told which parameter that was, in every method. */
class NullArgumentsTest {
    private static final List<Class<?>> STATIC =
            List.of(
                    EventLoop.class,
                    EventLoopGroup.class,
                    TcpStream.class,
                    TcpServer.class,
                    Resolver.class,
                    DescriptorWatch.class,
                    AsyncFile.class,
                    Timer.class,
                    Wakeup.class,
                    Idle.class,
                    Prepare.class,
                    Check.class,
                    Chunk.class,
                    Backends.class,
                    FileOptions.class,
                    Pipe.class,
                    Terminal.class,
                    SignalWatch.class,
                    ChildProcess.class,
                    ChildOptions.class,
                    ChildEnd.class);

    private final Map<Class<?>, Object> known = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private EventLoop loop;
    private EventLoopGroup group;
    private int called;

    @BeforeEach
    void open() throws IoException {
        LoopOptions options = LoopOptions.builder().provider(new FakeBackend.Good()).build();
        loop = EventLoop.open(options);
        group = EventLoopGroup.open(1, options);
        known.put(EventLoop.class, loop);
        known.put(EventLoopGroup.class, group);
        known.put(LoopOptions.class, options);
        known.put(LoopOptions.Builder.class, LoopOptions.builder());
        known.put(ServerOptions.class, ServerOptions.DEFAULT);
        known.put(ServerOptions.Builder.class, ServerOptions.builder());
        known.put(Timer.class, Timer.open(loop));
        known.put(Wakeup.class, Wakeup.open(loop));
        known.put(TcpStream.class, TcpStream.open(loop));
        known.put(Resolver.class, Resolver.system());
        known.put(ResolverOptions.class, ResolverOptions.DEFAULT);
        known.put(ResolverOptions.Builder.class, ResolverOptions.builder());
        known.put(ConnectOptions.class, ConnectOptions.DEFAULT);
        known.put(ConnectOptions.Builder.class, ConnectOptions.builder());
        known.put(InetAddress.class, InetAddress.getLoopbackAddress());
        known.put(ChildOptions.Builder.class, ChildOptions.builder("true"));
        known.put(ChildOptions.class, ChildOptions.builder("true").build());
        known.put(ChildEnd.class, ChildEnd.pipe());
        known.put(RunMode.class, RunMode.NOWAIT);
        known.put(String.class, "nio");
        known.put(String[].class, new String[0]);
        known.put(Path.class, Path.of("nowhere"));
        known.put(Duration.class, Duration.ofSeconds(1));
        known.put(SocketAddress.class, new InetSocketAddress("127.0.0.1", 1));
        known.put(InetSocketAddress.class, new InetSocketAddress("127.0.0.1", 1));
        known.put(ByteBuffer.class, ByteBuffer.allocateDirect(8));
        known.put(ByteBuffer[].class, new ByteBuffer[0]);
        known.put(byte[].class, new byte[8]);
    }

    @AfterEach
    void close() throws IoException {
        loop.closeAll();
        group.close();
    }

    @Test
    void aNullIsToldByTheNameOfItsParameter() throws Exception {
        for (Class<?> type : STATIC) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isStatic(method.getModifiers())) {
                    tryWithNulls(null, method);
                }
            }
        }
        for (Map.Entry<Class<?>, Object> each : Map.copyOf(known).entrySet()) {
            if (each.getKey().getName().startsWith("io.millrace.")) {
                for (Method method : each.getKey().getMethods()) {
                    if (!Modifier.isStatic(method.getModifiers())
                            && method.getDeclaringClass().getName().startsWith("io.millrace.")
                            && !method.getName().equals("equals")) {
                        tryWithNulls(each.getValue(), method);
                    }
                }
            }
        }
        assertEquals(List.of(), violations, () -> String.join("\n", violations));
        assertTrue(called > 40, () -> called + " calls");
    }

    private void tryWithNulls(@Nullable Object instance, Method method) throws Exception {
        Class<?>[] types = method.getParameterTypes();
        if (!Modifier.isPublic(method.getModifiers()) || method.isSynthetic()) {
            return;
        }
        for (int i = 0; i < types.length; i++) {
            boolean nullable =
                    method.getAnnotatedParameterTypes()[i].isAnnotationPresent(Nullable.class);
            if (!types[i].isPrimitive() && !nullable) {
                tryWithNullAt(i, instance, method, types);
            }
        }
    }

    private void tryWithNullAt(
            int index, @Nullable Object instance, Method method, Class<?>[] types)
            throws Exception {
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = i == index ? null : example(types[i]);
            if (i != index && arguments[i] == null) {
                return;
            }
        }
        called++;
        String what = method.getDeclaringClass().getSimpleName() + "." + method.getName();
        try {
            method.invoke(instance, arguments);
            violations.add(what + " takes a null as argument " + index);
        } catch (InvocationTargetException thrown) {
            Throwable failure = thrown.getCause();
            boolean named =
                    failure instanceof NullPointerException
                            && String.valueOf(failure.getMessage()).matches("[a-z][A-Za-z]*")
                            && failure.getMessage() != null;
            if (!named && !(failure instanceof IllegalStateException)) {
                violations.add(what + ", argument " + index + ": " + failure);
            }
        }
    }

    private @Nullable Object example(Class<?> type) {
        if (type == boolean.class) {
            return true;
        }
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        Object one = known.get(type);
        if (one == null && type.isInterface() && !type.isSealed()) {
            return Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {type}, (it, called, with) -> null);
        }
        return one;
    }
}
