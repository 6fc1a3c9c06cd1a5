// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.internal.loop.Scarcity;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Failures;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Log;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Notices of the JDK's watch service, for which a thread waits that hands them over in batches; the
 * next batch when the last one was read. Renames are two notices that have nothing in common.
 */
final class JdkNotices implements DirectoryNotices {
    private static final AtomicInteger THREADS = new AtomicInteger();

    /** Enough for a turn; the service keeps 512 for each directory, and then says so. */
    private static final int BATCH = 512;

    private record Notice(int directory, int what, @Nullable Path name) {}

    /** Some have been lost. */
    private static final List<Notice> LOST = List.of(new Notice(-1, OVERFLOW, null));

    private record Watched(int number, WatchKey key, Path path) {}

    private final WatchService service;

    /** Guards both, also while a directory is registered: its first notice may come before. */
    private final Object lock = new Object();

    private final Map<WatchKey, Watched> byKey = new HashMap<>();
    private final Map<Integer, Watched> byNumber = new HashMap<>();
    private int numbers;

    /** The reader's turn with {@link #batch}; or else the thread's. */
    private final Semaphore read = new Semaphore(0);

    private volatile @Nullable List<Notice> batch;

    JdkNotices(WatchService service) {
        this.service = service;
    }

    static JdkNotices open() throws IoException {
        try {
            return new JdkNotices(FileSystems.getDefault().newWatchService());
        } catch (IOException failure) {
            throw unopened(failure);
        }
    }

    /** Of a limit the JDK has words of its own. */
    static IoException unopened(IOException failure) {
        boolean isLimit = String.valueOf(failure.getMessage()).contains("inotify instances");
        return Failures.because(
                isLimit ? Code.TOO_MANY_FILES : FileErrors.codeOf(failure),
                "watch",
                "the JDK's watch service cannot be opened: "
                        + failure.getMessage()
                        + "; on Linux each takes one of fs.inotify.max_user_instances",
                failure);
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public boolean isComplete() {
        return false;
    }

    @Override
    public int add(Path directory, boolean follows) throws IoException {
        if (!follows && !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw IoException.of(Code.NOT_A_DIRECTORY, "watch", null);
        }
        synchronized (lock) {
            WatchKey key = register(directory);
            Watched known = byKey.get(key);
            int number = known == null ? ++numbers : known.number();
            Watched now = new Watched(number, key, directory);
            byKey.put(key, now);
            byNumber.put(number, now);
            return number;
        }
    }

    private WatchKey register(Path directory) throws IoException {
        try {
            return directory.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
        } catch (ClosedWatchServiceException closed) {
            throw IoException.of(Code.CANCELLED, "watch", null);
        } catch (IOException failure) {
            throw unwatched(directory, failure);
        }
    }

    static IoException unwatched(Path directory, IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("inotify watches")) {
            return Failures.ofFile(
                    Code.NO_SPACE,
                    "watch",
                    directory,
                    message + ": raise fs.inotify.max_user_watches, see inotify(7)");
        }
        int code = FileErrors.codeOf(failure);
        boolean isOther = code == Code.IO_ERROR && Files.exists(directory);
        return Failures.ofFile(
                isOther && !Files.isDirectory(directory) ? Code.NOT_A_DIRECTORY : code,
                "watch",
                directory,
                0,
                failure);
    }

    @Override
    public void remove(int directory) {
        synchronized (lock) {
            Watched known = byNumber.remove(directory);
            if (known != null) {
                byKey.remove(known.key());
                known.key().cancel();
            }
        }
    }

    @Override
    public void tellWhenReady(Runnable ready) {
        Thread thread =
                new Thread(() -> serve(ready), "millrace-watch-" + THREADS.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Runnable ready) {
        try {
            while (true) {
                List<Notice> next = collected();
                if (!next.isEmpty()) {
                    batch = next;
                    ready.run();
                    read.acquireUninterruptibly();
                }
            }
        } catch (ClosedWatchServiceException | RejectedExecutionException closed) {
            // The watch is, or its loop.
            return;
        }
    }

    /** Where there is no memory for what has come, that some are lost. */
    private List<Notice> collected() {
        try {
            return collect();
        } catch (OutOfMemoryError lacking) {
            Scarcity.pause();
            return LOST;
        }
    }

    /** Waits for a key, and takes what else there is. */
    private List<Notice> collect() {
        List<Notice> next = new ArrayList<>();
        WatchKey key;
        try {
            key = service.take();
        } catch (InterruptedException meantForOthers) {
            // Somebody interrupts all threads that there are.
            Log.CORE.report(System.Logger.Level.DEBUG, "interrupted, and goes on", meantForOthers);
            return next;
        }
        while (key != null) {
            translate(key, next);
            key = next.size() < BATCH ? service.poll() : null;
        }
        return next;
    }

    private void translate(WatchKey key, List<Notice> into) {
        Watched known;
        synchronized (lock) {
            known = byKey.get(key);
        }
        if (known == null) {
            key.cancel();
            return;
        }
        boolean isValid;
        try {
            take(known, into);
        } finally {
            // A key that is not reset is not offered again.
            isValid = key.reset();
        }
        if (!isValid) {
            // A key that became invalid meanwhile keeps what came before, and is never offered
            // again.
            take(known, into);
            into.add(new Notice(known.number(), FORGOTTEN, null));
        }
    }

    private static void take(Watched known, List<Notice> into) {
        for (WatchEvent<?> each : known.key().pollEvents()) {
            into.add(notice(known, each));
        }
    }

    private static Notice notice(Watched of, WatchEvent<?> event) {
        if (!(event.context() instanceof Path name)) {
            return new Notice(-1, OVERFLOW, null);
        }
        if (event.kind() == StandardWatchEventKinds.ENTRY_DELETE) {
            return new Notice(of.number(), DELETED, name);
        }
        boolean isDirectory = Files.isDirectory(of.path().resolve(name), LinkOption.NOFOLLOW_LINKS);
        int kind = event.kind() == StandardWatchEventKinds.ENTRY_CREATE ? CREATED : MODIFIED;
        return new Notice(of.number(), kind | (isDirectory ? DIRECTORY : 0), name);
    }

    @Override
    public int read(Sink sink) {
        List<Notice> all = batch;
        if (all == null) {
            return 0;
        }
        batch = null;
        read.release();
        for (Notice each : all) {
            sink.onNotice(each.directory(), each.what(), 0, each.name());
        }
        sink.onDrained();
        return all.size();
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException failure) {
            // What it had open is gone with it whatever it says, as of every close.
            Log.CORE.report(
                    System.Logger.Level.DEBUG, "the JDK's watch service, closed, fails", failure);
        }
        read.release();
    }
}
