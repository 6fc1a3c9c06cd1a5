// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.Spawner;
import io.millrace.spi.SystemServices;
import io.millrace.testkit.kernel.Interposer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;

/** The whole of an epoll backend, below a real loop, on a kernel that can be interfered with. */
final class InterposedEpoll implements BackendProvider {
    private static final long DEADLINE_NANOS = 20_000_000_000L;
    private static final int MODIFY = 3;

    final Interposer<EpollCalls> epoll =
            Interposer.over(EpollCalls.class, LibcEpollCalls.instance());
    final Interposer<SystemCalls> kernel =
            Interposer.over(SystemCalls.class, LibcSystemCalls.instance());
    private final EpollEngine engine;

    /** What children are started by, once a loop is open. */
    Interposer<Spawner> spawner;

    /** By descriptor, how to register it once more. */
    private final Map<Object, Runnable> registrations = new HashMap<>();

    InterposedEpoll(boolean edge) {
        engine = new Engine(edge);
        epoll.always("epoll_ctl", this::noteRegistration);
    }

    private long noteRegistration(EpollCalls kernel, Object[] arguments) {
        int set = (int) arguments[0];
        int fd = (int) arguments[2];
        NativeMemory event = NativeMemory.allocate(16);
        NativeMemory given = NativeMemory.at((long) arguments[3], 16);
        event.putLong(0, given.getLong(0));
        event.putLong(8, given.getLong(8));
        registrations.put(fd, () -> kernel.epoll_ctl(set, MODIFY, fd, event.address()));
        return kernel.epoll_ctl(set, (int) arguments[1], fd, (long) arguments[3]);
    }

    /**
     * Raises the edge that a kernel raises when there is room again in a socket that was full. A
     * test that only pretends that it was full has to pretend this as well.
     */
    void roomAgain(Object fd) {
        registrations.getOrDefault(fd, () -> {}).run();
    }

    EventLoop openLoop() throws IoException {
        return EventLoop.open(LoopOptions.builder().provider(this).build());
    }

    /** Turns the loop until something has come about; fails if it never does. */
    static void turnUntil(EventLoop loop, BooleanSupplier condition) throws IoException {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.NOWAIT);
            Assertions.assertTrue(System.nanoTime() - begun < DEADLINE_NANOS, "it never came");
        }
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    public Availability probe() {
        return Availability.usable("for a test", Map.of());
    }

    @Override
    public Driver open(DriverConfig config, LoopContext context) throws IoException {
        Driver driver = engine.open(kernel.calls(), Platform.current(), config, context);
        SystemServices system = driver.system();
        spawner = Interposer.over(Spawner.class, system.spawner());
        SystemServices interposed =
                replacing(SystemServices.class, system, "spawner", spawner.calls());
        return replacing(Driver.class, driver, "system", interposed);
    }

    /** The same, but for what one of its methods answers. */
    private static <T> T replacing(Class<T> type, T original, String method, Object answer) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, called, arguments) -> {
                            if (called.getName().equals(method)) {
                                return answer;
                            }
                            try {
                                return called.invoke(original, arguments);
                            } catch (InvocationTargetException failure) {
                                throw failure.getTargetException();
                            }
                        }));
    }

    private final class Engine extends EpollEngine {
        private final boolean edge;

        Engine(boolean edge) {
            this.edge = edge;
        }

        @Override
        public String name() {
            return edge ? "interposed-epoll-et" : "interposed-epoll";
        }

        @Override
        public int rank() {
            return -1;
        }

        @Override
        boolean edgeTriggered() {
            return edge;
        }

        @Override
        EpollCalls epollCalls() {
            return epoll.calls();
        }
    }
}
