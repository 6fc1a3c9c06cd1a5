// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.benchmarks.plain.VirtualThreads;
import io.millrace.blocking.BlockingFiles;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAdvice;
import io.millrace.file.FileOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Virtual threads that read blocks at random places of a file, each one after the other. */
final class ThreadReads implements SystemWorker.Work {
    static final int THREADS = 1000;

    private static final double NANOS_PER_SECOND = 1e9;

    /** How they come to a block. */
    enum Way {
        /** One {@code BlockingFile} on io_uring for all. */
        IO_URING,

        /** The same on epoll, which has work threads for files. */
        EPOLL,

        /** One {@code FileChannel} of the JDK's for all. */
        CHANNEL,

        /** A {@code FileChannel} of the JDK's for each thread. */
        CHANNELS
    }

    /** Where the blocks are. */
    enum Cache {
        /** In the page cache. */
        WARM("all in the page cache"),

        /** On the device, and read through the page cache, which is emptied before each window. */
        COLD("none in the page cache, which was emptied before"),

        /** On the device, and read past the page cache. */
        DIRECT("past the page cache");

        private final String text;

        Cache(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** One that reads a block. */
    private interface Reader {
        int read(ByteBuffer into, long position) throws IOException;
    }

    private final Path path;
    private final Cache cache;
    private final long blocks;
    private final List<Closeable> opened = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final ByteBuffer[] buffers = new ByteBuffer[THREADS];
    private final SplittableRandom seeds = new SplittableRandom(1);
    private final long[] counts = new long[THREADS];
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private volatile long deadline;

    ThreadReads(Way way, Path path, Cache cache) throws IOException {
        this.path = path;
        this.cache = cache;
        boolean direct = cache == Cache.DIRECT;
        blocks = Files.size(path) / BlockReads.BYTES;
        for (int i = 0; i < THREADS; i++) {
            buffers[i] =
                    ByteBuffer.allocateDirect(2 * BlockReads.BYTES)
                            .alignedSlice(BlockReads.BYTES)
                            .limit(BlockReads.BYTES)
                            .slice();
        }
        if (way == Way.IO_URING || way == Way.EPOLL) {
            openOnLoop(way == Way.IO_URING ? "io_uring" : "epoll", direct);
            return;
        }
        OpenOption[] options =
                direct
                        ? new OpenOption[] {StandardOpenOption.READ, pastTheCache()}
                        : new OpenOption[] {StandardOpenOption.READ};
        for (int i = 0; i < (way == Way.CHANNEL ? 1 : THREADS); i++) {
            FileChannel channel = FileChannel.open(path, options);
            opened.add(channel);
            readers.add(channel::read);
        }
    }

    /** By its name: it is the JDK's own, and newer compilers warn of that. */
    private static OpenOption pastTheCache() throws IOException {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return (OpenOption) options.getField("DIRECT").get(null);
        } catch (ReflectiveOperationException missing) {
            throw new IOException("this JDK opens no file past the page cache", missing);
        }
    }

    private void openOnLoop(String backend, boolean direct) throws IOException {
        EventLoopGroup group =
                EventLoopGroup.open(1, LoopOptions.builder().backend(backend).build());
        opened.add(group::close);
        OpenOption[] options = direct ? new OpenOption[] {FileOption.DIRECT} : new OpenOption[] {};
        readers.add(BlockingFiles.on(group.loops().get(0)).open(path, options)::read);
    }

    @Override
    public void prepare() throws IOException {
        if (cache != Cache.COLD) {
            return;
        }
        try (EventLoop loop = EventLoop.open()) {
            AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
            AsyncFile.open(loop, path)
                    .thenCompose(file -> file.advise(0, 0, FileAdvice.DONT_NEED))
                    .whenComplete((file, problem) -> refusal.set(problem));
            loop.run();
            loop.closeAll();
            if (refusal.get() != null) {
                throw new IOException("cannot empty the cache of " + path, refusal.get());
            }
        }
    }

    @Override
    public long run(double seconds) throws IOException, InterruptedException {
        deadline = System.nanoTime() + (long) (seconds * NANOS_PER_SECOND);
        CountDownLatch left = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            SplittableRandom random = seeds.split();
            VirtualThreads.start(
                    () -> {
                        read(number, random);
                        left.countDown();
                    });
        }
        left.await();
        IOException problem = failure.get();
        if (problem != null) {
            throw problem;
        }
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    private void read(int number, SplittableRandom random) {
        Reader reader = readers.get(number % readers.size());
        ByteBuffer buffer = buffers[number];
        long count = 0;
        try {
            do {
                long position = random.nextLong(blocks) * BlockReads.BYTES;
                int bytes = reader.read(buffer.clear(), position);
                if (bytes != BlockReads.BYTES) {
                    throw new IOException(bytes + " B of a block");
                }
                count++;
            } while (System.nanoTime() - deadline < 0);
        } catch (IOException e) {
            failure.set(e);
        } catch (RuntimeException | Error e) {
            failure.set(new IOException(e));
        }
        counts[number] = count;
    }

    @Override
    public long allocatedBytes() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
