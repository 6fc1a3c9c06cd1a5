// SPDX-License-Identifier: Apache-2.0
package io.millrace.blocking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileRequest;
import io.millrace.spi.JavaFileCalls;
import io.millrace.spi.LoopContext;
import io.millrace.spi.OpenFile;
import io.millrace.testkit.ForwardingBackend;
import io.millrace.testkit.contract.BackendUnderTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads of both kinds that read and write files of a loop, which another thread runs. */
@Timeout(120)
class BlockingFilesTest {
    private static final OpenOption[] ALL = {
        StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE
    };

    private static final long HANG_SECONDS = 30;

    @TempDir Path directory;

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private EventLoop loop;
    private Thread runner;
    private BlockingFiles files;
    private Path path;

    private interface Action {
        void run() throws Exception;
    }

    private void open(String backend) throws Exception {
        BackendUnderTest.named(backend).assumeUsable();
        open(LoopOptions.builder().backend(backend).build());
    }

    private void open(LoopOptions options) throws Exception {
        path = directory.resolve("file");
        CountDownLatch opened = new CountDownLatch(1);
        runner =
                thread(
                        () -> {
                            loop = EventLoop.open(options);
                            Timer keeps = Timer.open(loop);
                            keeps.start(Duration.ofDays(1), () -> {});
                            opened.countDown();
                            try {
                                loop.run();
                            } catch (IoException letGo) {
                                assertEquals("wait", letGo.operation());
                            }
                            loop.closeAll();
                        });
        opened.await();
        files = BlockingFiles.on(loop);
    }

    @AfterEach
    void close() throws Exception {
        if (loop != null) {
            loop.stop();
            runner.join();
            assertEquals(List.of(), List.copyOf(failures));
        }
    }

    private Runnable guarded(Action action) {
        return () -> {
            try {
                action.run();
            } catch (Throwable failure) {
                failures.add(failure);
            }
        };
    }

    private Thread thread(Action action) {
        Thread thread = new Thread(guarded(action));
        thread.start();
        return thread;
    }

    private Thread virtual(Action action) throws Exception {
        Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        return (Thread) start.invoke(null, guarded(action));
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** The loop does nothing else until the latch is down. */
    private CountDownLatch holdLoop() {
        CountDownLatch latch = new CountDownLatch(1);
        loop.execute(guarded(latch::await));
        return latch;
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "poll", "epoll", "io_uring"})
    void whatIsWrittenIsReadWithBuffersOfBothKinds(String backend) throws Exception {
        open(backend);
        byte[] content = bytes(200_000);
        try (BlockingFile file = files.open(path, ALL)) {
            assertEquals(path, file.path());
            assertEquals(200_000, file.write(ByteBuffer.wrap(content), 0));
            ByteBuffer direct = ByteBuffer.allocateDirect(10).put(bytes(10)).flip();
            assertEquals(10, file.write(direct, 200_000));
            assertFalse(direct.hasRemaining());
            assertEquals(200_010, file.size());
            ByteBuffer heap = ByteBuffer.allocate(200_000);
            while (heap.hasRemaining()) {
                assertTrue(file.read(heap, heap.position()) > 0);
            }
            assertArrayEquals(content, heap.array());
            ByteBuffer end = ByteBuffer.allocateDirect(100);
            assertEquals(10, file.read(end, 200_000));
            assertEquals(10, end.position());
            assertEquals(-1, file.read(end, 200_010));
            file.truncate(5);
            file.sync(false);
            file.sync(true);
            assertEquals(5, file.attributes().size());
        }
        try (BlockingFile file = files.open(path, StandardOpenOption.APPEND)) {
            assertEquals(3, file.append(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        }
        byte[] expected = Arrays.copyOf(content, 8);
        System.arraycopy(new byte[] {1, 2, 3}, 0, expected, 5, 3);
        assertArrayEquals(expected, Files.readAllBytes(path));
    }

    /** The device is full behind the first piece of a buffer on the heap. */
    @Test
    void aWriteThatFailsPartWayMovesThePositionWithTheBuffer() throws Exception {
        FullDevice device = new FullDevice(BackendUnderTest.named("nio").provider());
        open(LoopOptions.builder().provider(device).build());
        byte[] content = bytes(150_000);
        try (FileChannel channel = files.openChannel(path, ALL)) {
            ByteBuffer heap = ByteBuffer.wrap(content);
            IoException failure = assertThrows(IoException.class, () -> channel.write(heap));
            assertEquals(ErrorCode.ENOSPC, failure.errorCode());
            assertEquals(DirectBuffers.BYTES, heap.position());
            assertEquals(heap.position(), channel.position());
            device.isFull = false;
            assertEquals(150_000 - DirectBuffers.BYTES, channel.write(heap));
            assertEquals(150_000, channel.position());
        }
        assertArrayEquals(content, Files.readAllBytes(path));
    }

    /** Takes one piece, and no byte behind it until there is room. */
    private static final class FullDevice extends ForwardingBackend {
        private volatile boolean isFull = true;

        FullDevice(BackendProvider provider) {
            super(provider);
        }

        private long carryOut(FileRequest request, FileAnswer answer) throws IOException {
            boolean isWrite = request.operation() == FileRequest.Operation.WRITE;
            return isFull && isWrite && request.position() > 0
                    ? Code.NO_SPACE
                    : JavaFileCalls.ONLY.carryOut(request, answer);
        }

        @Override
        public Driver open(DriverConfig config, LoopContext context) throws IoException {
            return withCalls(provider.open(config, context), this::carryOut, () -> false);
        }
    }

    private static Driver withCalls(Driver good, FileCalls calls, BooleanSupplier fails) {
        return (Driver)
                Proxy.newProxyInstance(
                        Driver.class.getClassLoader(),
                        new Class<?>[] {Driver.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("fileCalls")) {
                                return calls;
                            }
                            if (fails.getAsBoolean() && method.getName().equals("poll")) {
                                throw IoException.of(Code.BAD_DESCRIPTOR, "wait", null);
                            }
                            try {
                                return method.invoke(good, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getCause();
                            }
                        });
    }

    /** What is at hand is what the test says; the rest is the JDK's. */
    private static final class AtHand extends ForwardingBackend implements FileCalls {
        /** By what {@code readAtHand} is answered, one after the other; then not at all. */
        private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();

        private final AtomicInteger asked = new AtomicInteger();
        private final CountDownLatch entered = new CountDownLatch(1);
        private final AtomicBoolean isClosed = new AtomicBoolean();
        private volatile Action inside = () -> {};
        private volatile OpenFile read;

        /** Whether waits fail, which is the end of the loop. */
        private volatile boolean fails;

        AtHand(Integer... answers) {
            super(BackendUnderTest.named("nio").provider());
            this.answers.addAll(List.of(answers));
        }

        @Override
        public Driver open(DriverConfig config, LoopContext context) throws IoException {
            return withCalls(provider.open(config, context), this, () -> fails);
        }

        @Override
        public long carryOut(FileRequest request, FileAnswer answer) throws IOException {
            if (request.operation() == FileRequest.Operation.CLOSE) {
                isClosed.set(true);
            }
            return JavaFileCalls.ONLY.carryOut(request, answer);
        }

        @Override
        public long readAtHand(OpenFile file, ByteBuffer into, int from, int to, long position) {
            read = file;
            asked.incrementAndGet();
            entered.countDown();
            try {
                inside.run();
            } catch (Exception failure) {
                throw new AssertionError(failure);
            }
            Integer answer = answers.poll();
            for (int i = 0; answer != null && i < answer; i++) {
                into.put(from + i, (byte) 7);
            }
            return answer == null ? Code.NOT_SUPPORTED : answer;
        }
    }

    private static byte[] sevens(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 7);
        return bytes;
    }

    private static byte[] read(BlockingFile file, ByteBuffer into) throws IOException {
        int count = file.read(into, 0);
        assertEquals(Math.max(0, count), into.position());
        byte[] bytes = new byte[into.position()];
        into.flip().get(bytes);
        return bytes;
    }

    @Test
    void whatIsAtHandIsReadWithoutTheLoopAndTheRestByIt() throws Exception {
        AtHand calls = new AtHand(100, 100, 0, Code.WOULD_BLOCK, Code.IO_ERROR, 40);
        open(LoopOptions.builder().provider(calls).build());
        byte[] content = bytes(100_000);
        Files.write(path, content);
        try (BlockingFile file = files.open(path)) {
            long before = files.looks();
            assertArrayEquals(sevens(100), read(file, ByteBuffer.allocateDirect(100)));
            assertArrayEquals(sevens(100), read(file, ByteBuffer.allocate(100)));
            assertEquals(before, files.looks());
            byte[] first = Arrays.copyOf(content, 100);
            // Linux 5.9 and 5.10 answer 0 not at the end alone.
            assertArrayEquals(first, read(file, ByteBuffer.allocate(100)));
            assertEquals(before + 1, files.looks());
            assertArrayEquals(first, read(file, ByteBuffer.allocate(100)));
            assertArrayEquals(first, read(file, ByteBuffer.allocate(100)));
            assertEquals(before + 3, files.looks());
            byte[] both = Arrays.copyOf(content, 100);
            System.arraycopy(sevens(40), 0, both, 0, 40);
            assertArrayEquals(both, read(file, ByteBuffer.allocate(100)));
            assertEquals(6, calls.asked.get());
            // Large reads are the loop's, and nobody asks again who was told that there are none.
            assertTrue(file.read(ByteBuffer.allocateDirect(99_000), 0) > 0);
            assertEquals(6, calls.asked.get());
            assertArrayEquals(first, read(file, ByteBuffer.allocate(100)));
            assertArrayEquals(first, read(file, ByteBuffer.allocate(100)));
            assertEquals(7, calls.asked.get());
        }
        assertEquals(7, calls.asked.get());
    }

    /**
     * Its descriptor may be another file's afterwards. The loop does not wait: what is read into
     * may have to come from a disk first, such as a buffer that maps a file.
     */
    @Test
    void aCloseWaitsForWhoReadsBesideTheLoop() throws Exception {
        AtHand calls = new AtHand(10);
        open(LoopOptions.builder().provider(calls).build());
        Files.write(path, bytes(100));
        BlockingFile file = files.open(path);
        Thread[] closer = new Thread[1];
        CountDownLatch closes = new CountDownLatch(1);
        calls.inside =
                () -> {
                    closes.await();
                    while (!(LockSupport.getBlocker(closer[0]) instanceof Request)) {
                        Thread.onSpinWait();
                    }
                    // In the turn in which the close begins, or before, and in the next one.
                    for (int i = 0; i < 2; i++) {
                        CountDownLatch turned = new CountDownLatch(1);
                        loop.execute(turned::countDown);
                        assertTrue(turned.await(HANG_SECONDS, TimeUnit.SECONDS), "it is held up");
                    }
                    assertFalse(calls.isClosed.get());
                };
        Thread reader = thread(() -> assertEquals(10, file.read(ByteBuffer.allocate(10), 0)));
        calls.entered.await();
        closer[0] = new Thread(guarded(file::close));
        closer[0].start();
        closes.countDown();
        reader.join();
        closer[0].join();
        assertTrue(calls.isClosed.get());
        assertThrows(ClosedChannelException.class, () -> file.read(ByteBuffer.allocate(1), 0));
        assertEquals(1, calls.asked.get());
    }

    /** The thread that is inside closes the file: the loop is not there any more to do it. */
    @Test
    void whoReadsBesideALoopThatIsLetGoOfClosesTheFile() throws Exception {
        AtHand calls = new AtHand(10);
        open(LoopOptions.builder().provider(calls).build());
        Files.write(path, bytes(100));
        BlockingFile file = files.open(path);
        calls.inside =
                () -> {
                    runner.join();
                    assertTrue(calls.read.size() > 0, "it was closed under its reader");
                };
        Thread reader = thread(() -> assertEquals(10, file.read(ByteBuffer.allocate(10), 0)));
        calls.entered.await();
        calls.fails = true;
        loop.execute(() -> {});
        reader.join();
        assertThrows(IOException.class, calls.read::size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll", "epoll", "io_uring"})
    void readsBesideTheLoopAreOfTheFileItself(String backend) throws Exception {
        open(backend);
        byte[] content = bytes(300_000);
        Files.write(path, content);
        try (BlockingFile file = files.open(path)) {
            for (int i = 0; i < 1000; i++) {
                int at = i * 293;
                ByteBuffer some = ByteBuffer.allocateDirect(1 + i % 700);
                int count = file.read(some, at);
                assertEquals(Math.min(some.capacity(), 300_000 - at), count);
                byte[] found = new byte[count];
                some.flip().get(found);
                assertArrayEquals(Arrays.copyOfRange(content, at, at + count), found);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void whatWasMovedBeforeAFailureIsTold(String backend) throws Exception {
        open(backend);
        Files.write(path, bytes(150_000));
        try (FileChannel channel = files.openChannel(path, ALL)) {
            FailingChannel failing = new FailingChannel(2);
            assertEquals(128 << 10, channel.transferTo(0, 150_000, failing));
            assertThrows(IOException.class, () -> channel.transferTo(0, 150_000, failing));
            FailingChannel source = new FailingChannel(2);
            assertEquals(128 << 10, channel.transferFrom(source, 0, 150_000));
            assertThrows(IOException.class, () -> channel.transferFrom(source, 0, 150_000));
        }
    }

    /** Takes and gives all there is room for some times, and fails then. */
    private static final class FailingChannel implements ByteChannel {
        private int left;

        FailingChannel(int times) {
            left = times;
        }

        private int use(ByteBuffer buffer) throws IOException {
            if (left-- <= 0) {
                throw new IOException("no more");
            }
            int count = buffer.remaining();
            buffer.position(buffer.limit());
            return count;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return use(into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return use(from);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void aChannelIsWhatFileChannelPromises(String backend) throws Exception {
        open(backend);
        byte[] content = bytes(150_000);
        try (FileChannel channel = files.openChannel(path, ALL)) {
            assertEquals(150_000, channel.transferFrom(channel(content), 0, Integer.MAX_VALUE));
            assertEquals(0, channel.position());
            ByteBuffer two = ByteBuffer.allocate(2);
            channel.position(10);
            assertEquals(5, channel.read(new ByteBuffer[] {two, ByteBuffer.allocateDirect(3)}));
            assertEquals(content[10], two.get(0));
            assertEquals(15, channel.position());
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            assertEquals(
                    149_990, channel.transferTo(10, Long.MAX_VALUE, Channels.newChannel(copy)));
            assertArrayEquals(Arrays.copyOfRange(content, 10, 150_000), copy.toByteArray());
            assertEquals(content[99], channel.map(FileChannel.MapMode.READ_ONLY, 99, 1).get());
            channel.truncate(12);
            assertEquals(12, channel.position());
            assertEquals(-1, channel.read(two.clear()));
            assertEquals(2, channel.write(ByteBuffer.wrap(new byte[] {8, 9})));
            channel.force(true);
            assertEquals(14, channel.size());
            assertThrows(UnsupportedOperationException.class, channel::tryLock);
        }
        aChannelKnowsHowItWasOpened(backend);
    }

    private void aChannelKnowsHowItWasOpened(String backend) throws IOException {
        try (FileChannel channel = files.openChannel(path)) {
            assertThrows(
                    NonWritableChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
            Files.delete(path);
            Files.write(path, new byte[20]);
            if (!backend.equals("nio")) {
                assertThrows(
                        IOException.class, () -> channel.map(FileChannel.MapMode.READ_ONLY, 0, 1));
            }
        }
        try (FileChannel channel = files.openChannel(path, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            assertEquals(21, channel.position());
        }
    }

    private static ReadableByteChannel channel(byte[] content) {
        return Channels.newChannel(new ByteArrayInputStream(content));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void failuresAreTheLoopsAndTheLoopsOwnThreadIsRefused(String backend) throws Exception {
        open(backend);
        IoException missing = assertThrows(IoException.class, () -> files.open(path));
        assertEquals(ErrorCode.ENOENT, missing.errorCode());
        assertEquals(path, missing.path());
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        files.open(
                                path,
                                StandardOpenOption.READ,
                                StandardOpenOption.TRUNCATE_EXISTING));
        BlockingFile file = files.open(path, ALL);
        CountDownLatch told = new CountDownLatch(1);
        List<Throwable> refusals = new ArrayList<>();
        loop.execute(
                () -> {
                    for (Action each :
                            List.<Action>of(
                                    () -> files.open(path),
                                    file::size,
                                    () -> file.read(ByteBuffer.allocate(1), 0),
                                    file::close)) {
                        refusals.add(assertThrows(IllegalStateException.class, each::run));
                    }
                    told.countDown();
                });
        told.await();
        assertEquals(4, refusals.size());
        assertTrue(String.valueOf(refusals.get(0).getMessage()).contains("wait for ever"));
        file.close();
        file.close();
        assertThrows(ClosedChannelException.class, file::size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void requestsOfManyThreadsBeginTogether(String backend) throws Exception {
        open(backend);
        BlockingFile file = files.open(path, ALL);
        CountDownLatch held = holdLoop();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            long position = i * 4096L;
            threads.add(
                    thread(
                            () -> {
                                ByteBuffer block = ByteBuffer.allocateDirect(4096);
                                block.put(0, (byte) position).put(1, (byte) (position >> 12));
                                assertEquals(4096, file.write(block, position));
                            }));
        }
        for (Thread each : threads) {
            while (each.isAlive() && !(LockSupport.getBlocker(each) instanceof Request)) {
                Thread.onSpinWait();
            }
        }
        long before = files.looks();
        held.countDown();
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(1, files.looks() - before);
        file.close();
        byte[] written = Files.readAllBytes(path);
        assertEquals(40_960, written.length);
        for (int i = 0; i < 10; i++) {
            assertEquals(i, written[i * 4096 + 1]);
        }
    }

    /** More threads than there are carriers wait, and another has its turn all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void virtualThreadsThatWaitKeepNoCarrier(String backend) throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "no virtual threads before JDK 21");
        open(backend);
        BlockingFile file = files.open(path, ALL);
        FileChannel channel = files.openChannel(path, ALL);
        CountDownLatch held = holdLoop();
        List<Thread> threads = new ArrayList<>();
        int count = 2 * Runtime.getRuntime().availableProcessors() + 6;
        for (int i = 0; i < count; i++) {
            boolean byChannel = i % 2 == 0;
            threads.add(
                    virtual(
                            () -> {
                                ByteBuffer block = ByteBuffer.allocate(4096);
                                assertEquals(
                                        4096,
                                        byChannel ? channel.write(block, 0) : file.write(block, 0));
                            }));
        }
        threads.add(virtual(held::countDown));
        for (Thread each : threads) {
            each.join();
        }
        channel.close();
        file.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void anInterruptClosesAChannelAndLeavesAFileAlone(String backend) throws Exception {
        open(backend);
        BlockingFile file = files.open(path, ALL);
        FileChannel channel = files.openChannel(path, ALL);
        List<Throwable> seen = new ArrayList<>();
        CountDownLatch held = holdLoop();
        Thread ofChannel =
                thread(
                        () -> {
                            seen.add(
                                    assertThrows(
                                            ClosedByInterruptException.class,
                                            () -> channel.write(ByteBuffer.allocate(10), 0)));
                            assertTrue(Thread.interrupted());
                        });
        Thread ofFile =
                thread(
                        () -> {
                            assertEquals(10, file.write(ByteBuffer.allocate(10), 0));
                            assertTrue(Thread.interrupted());
                        });
        for (Thread each : List.of(ofChannel, ofFile)) {
            while (each.isAlive() && !(LockSupport.getBlocker(each) instanceof Request)) {
                Thread.onSpinWait();
            }
            each.interrupt();
        }
        held.countDown();
        ofChannel.join();
        ofFile.join();
        assertEquals(1, seen.size());
        assertFalse(channel.isOpen());
        assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
        FileChannel another = files.openChannel(path);
        Thread.currentThread().interrupt();
        assertThrows(ClosedByInterruptException.class, another::size);
        assertTrue(Thread.interrupted());
        file.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void aCloseEndsWhoeverWaitsForTheChannel(String backend) throws Exception {
        open(backend);
        FileChannel channel = files.openChannel(path, ALL);
        CountDownLatch held = holdLoop();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(
                    thread(
                            () -> {
                                // What had begun before the close may end as if there were none.
                                try {
                                    assertEquals(10, channel.write(ByteBuffer.allocate(10), 0));
                                } catch (ClosedChannelException closed) {
                                    assertInstanceOf(AsynchronousCloseException.class, closed);
                                }
                            }));
        }
        for (Thread each : threads) {
            while (each.isAlive() && !(LockSupport.getBlocker(each) instanceof Request)) {
                Thread.onSpinWait();
            }
        }
        channel.close();
        held.countDown();
        for (Thread each : threads) {
            each.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void aLoopThatClosesEndsWhoeverWaits(String backend) throws Exception {
        open(backend);
        BlockingFile file = files.open(path, ALL);
        CountDownLatch held = holdLoop();
        Thread waits =
                thread(
                        () -> {
                            try {
                                file.write(ByteBuffer.allocate(10), 0);
                            } catch (ClosedChannelException | IoException closed) {
                                assertTrue(
                                        !(closed instanceof IoException io) || io.isCancelled(),
                                        closed::toString);
                            }
                        });
        while (waits.isAlive() && !(LockSupport.getBlocker(waits) instanceof Request)) {
            Thread.onSpinWait();
        }
        loop.stop();
        held.countDown();
        waits.join();
        runner.join();
        assertThrows(ClosedChannelException.class, file::size);
        file.close();
    }
}
