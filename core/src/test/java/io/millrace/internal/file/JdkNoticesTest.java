// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.spi.DirectoryNotices;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's watch service does when its thread and ours meet, played. */
class JdkNoticesTest {
    @TempDir Path directory = Path.of("");

    /** In the words of the JDK's service for Linux. */
    @Test
    void eachLimitIsToldByItsName() {
        IoException instances =
                JdkNotices.unopened(
                        new IOException(
                                "User limit of inotify instances reached or too many open files"));
        assertEquals(ErrorCode.EMFILE, instances.errorCode());
        assertTrue(String.valueOf(instances.getMessage()).contains("max_user_instances"));
        IoException watches =
                JdkNotices.unwatched(
                        Path.of("/tmp"), new IOException("User limit of inotify watches reached"));
        assertEquals(ErrorCode.ENOSPC, watches.errorCode());
        assertTrue(String.valueOf(watches.getMessage()).contains("max_user_watches"));
        assertEquals(Path.of("/tmp"), watches.path());
    }

    /** The service's thread tells of a removal between the two calls of ours. */
    @Test
    void whatComesBetweenTakingAndResettingIsToldBeforeTheEnd() throws Exception {
        PlayedKey key = new PlayedKey();
        PlayedService service = new PlayedService();
        JdkNotices notices = new JdkNotices(service);
        int number = notices.add(registeredAs(key), true);
        key.batches.add(List.of(event(StandardWatchEventKinds.ENTRY_CREATE)));
        key.batches.add(List.of(event(StandardWatchEventKinds.ENTRY_DELETE)));
        service.ready.add(key);

        Semaphore ready = new Semaphore(0);
        notices.tellWhenReady(ready::release);
        assertTrue(ready.tryAcquire(30, TimeUnit.SECONDS));
        assertEquals(
                List.of(
                        number + ": " + DirectoryNotices.CREATED,
                        number + ": " + DirectoryNotices.DELETED,
                        number + ": " + DirectoryNotices.FORGOTTEN,
                        "drained"),
                read(notices));
        notices.close();
    }

    /** The thread ended of it, and the watch never told anything again. */
    @Test
    void noticesForWhichThereIsNoMemoryAreToldAsLostAndTheNextOnesCome() throws Exception {
        PlayedKey key = new PlayedKey();
        key.isValid = true;
        key.refusals = 1;
        PlayedService service = new PlayedService();
        JdkNotices notices = new JdkNotices(service);
        int number = notices.add(registeredAs(key), true);
        service.ready.add(key);

        Semaphore ready = new Semaphore(0);
        notices.tellWhenReady(ready::release);
        assertTrue(ready.tryAcquire(30, TimeUnit.SECONDS));
        assertEquals(1, key.resets, "a key that is not reset is not offered again");
        assertEquals(List.of("-1: " + DirectoryNotices.OVERFLOW, "drained"), read(notices));
        key.batches.add(List.of(event(StandardWatchEventKinds.ENTRY_DELETE)));
        service.ready.add(key);
        assertTrue(ready.tryAcquire(30, TimeUnit.SECONDS));
        assertEquals(List.of(number + ": " + DirectoryNotices.DELETED, "drained"), read(notices));
        notices.close();
    }

    private static List<String> read(JdkNotices notices) {
        List<String> told = new ArrayList<>();
        notices.read(
                new DirectoryNotices.Sink() {
                    @Override
                    public void onNotice(int of, int what, int pair, @Nullable Path name) {
                        told.add(of + ": " + what);
                    }

                    @Override
                    public void onDrained() {
                        told.add("drained");
                    }
                });
        return told;
    }

    /** The directory, of which whoever registers it gets this key. */
    private Path registeredAs(WatchKey key) {
        return (Path)
                Proxy.newProxyInstance(
                        Path.class.getClassLoader(),
                        new Class<?>[] {Path.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("register")) {
                                return key;
                            }
                            try {
                                return method.invoke(directory, arguments);
                            } catch (InvocationTargetException failure) {
                                throw failure.getTargetException();
                            }
                        });
    }

    private static WatchEvent<Path> event(WatchEvent.Kind<Path> kind) {
        return new WatchEvent<>() {
            @Override
            public Kind<Path> kind() {
                return kind;
            }

            @Override
            public int count() {
                return 1;
            }

            @Override
            public Path context() {
                return Path.of("last");
            }
        };
    }

    /** Hands its batches out one by one. */
    private final class PlayedKey implements WatchKey {
        private final Queue<List<WatchEvent<?>>> batches = new ArrayDeque<>();
        private boolean isValid;

        /** Used by the thread alone once there is one; what it did before it told is seen. */
        private int refusals;

        private int resets;

        @Override
        public boolean isValid() {
            return isValid;
        }

        @Override
        public List<WatchEvent<?>> pollEvents() {
            if (refusals > 0) {
                refusals--;
                throw new OutOfMemoryError("thrown on purpose");
            }
            List<WatchEvent<?>> next = batches.poll();
            return next == null ? List.of() : next;
        }

        @Override
        public boolean reset() {
            resets++;
            return isValid;
        }

        @Override
        public void cancel() {
            batches.clear();
        }

        @Override
        public Watchable watchable() {
            return directory;
        }
    }

    private static final class PlayedService implements WatchService {
        private final BlockingQueue<WatchKey> ready = new LinkedBlockingQueue<>();
        private volatile boolean isClosed;

        @Override
        public void close() {
            isClosed = true;
        }

        @Override
        public @Nullable WatchKey poll() {
            return ready.poll();
        }

        @Override
        public @Nullable WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
            return ready.poll(timeout, unit);
        }

        @Override
        public WatchKey take() throws InterruptedException {
            while (!isClosed) {
                WatchKey next = ready.poll(1, TimeUnit.MILLISECONDS);
                if (next != null) {
                    return next;
                }
            }
            throw new ClosedWatchServiceException();
        }
    }
}
