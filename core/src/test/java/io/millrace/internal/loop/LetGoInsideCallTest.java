// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileSystem;
import io.millrace.internal.file.LoopFile;
import io.millrace.internal.file.ReadsAtHand;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A loop is let go of while threads are in calls on its files: each file is closed once, and not
 * before the last of them is out, since the system may use its descriptor for another one then.
 */
class LetGoInsideCallTest extends TurnSharesFixture {
    private static final FileAttributes REGULAR =
            new FileAttributes(100, Instant.EPOCH, FileAttributes.TYPE_REGULAR);

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final CountDownLatch readerLeaves = new CountDownLatch(1);

    /** Let out one by one. */
    private final Stuck stuck = new Stuck();

    @AfterEach
    void letOut() {
        goesOn.countDown();
        readerLeaves.countDown();
    }

    private interface Pause {
        void call() throws InterruptedException;
    }

    /** Stops before it has looked at what is asked for. */
    private final class Stuck implements FileCalls {
        private final List<String> log = new ArrayList<>();
        private Operation where = Operation.CLOSE;
        private Pause beside = () -> {};
        private int inside;

        @Override
        public long carryOut(FileRequest request, FileAnswer answer) throws IOException {
            if (request.operation() == where) {
                enter();
            }
            switch (request.operation()) {
                case OPEN_DIRECTORY -> answer.opened = new Logged();
                case READ_DIRECTORY -> log("READ_DIRECTORY");
                case STATUS, STATUS_OF_FILE -> answer.attributes = REGULAR;
                case OPEN -> answer.opened = new Logged();
                case CLOSE -> request.file().close();
                case WRITE, COPY -> log(request.operation().name());
                default -> throw new AssertionError(request.operation());
            }
            return Code.OK;
        }

        @Override
        public long readAtHand(OpenFile file, ByteBuffer into, int from, int to, long position) {
            try {
                beside.call();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
            return Code.WOULD_BLOCK;
        }

        private void enter() {
            change(1);
            try {
                goesOn.await();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }

        private synchronized void change(int by) {
            inside += by;
            notifyAll();
        }

        private synchronized void log(String line) {
            log.add(line);
            notifyAll();
        }

        private synchronized void awaitInside(int count) throws InterruptedException {
            while (inside < count) {
                wait();
            }
        }

        private synchronized void awaitLog(int count) throws InterruptedException {
            while (log.size() < count) {
                wait();
            }
        }

        private synchronized List<String> logged() {
            return List.copyOf(log);
        }
    }

    private final class Logged implements OpenFile {
        @Override
        public int descriptor() {
            return -1;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return 0;
        }

        @Override
        public void close() {
            stuck.log("CLOSE");
        }
    }

    private void letGo() {
        ((Loop) loop).letGo();
    }

    @Test
    void aFileToBeSentIsClosedOnceAndNotByTheCallThatAsksForItsSize() throws Exception {
        TcpStream stream = connect();
        backend.calls = stuck;
        stuck.where = Operation.STATUS_OF_FILE;
        stream.sendFile(FILE, 0, -1, null);
        runUntilInside(1);
        letGo();
        assertEquals(List.of(), stuck.logged(), "a thread has the descriptor");
        goesOn.countDown();
        stuck.awaitLog(1);
        assertEquals(List.of("CLOSE"), stuck.logged());
    }

    private void runUntilInside(int count) throws Exception {
        synchronized (stuck) {
            while (stuck.inside < count) {
                loop.run(RunMode.NOWAIT);
                stuck.wait(1);
            }
        }
    }

    private AsyncFile opened(StandardOpenOption... options) throws Exception {
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(loop, FILE, options).thenAccept(opened::add);
        while (opened.isEmpty()) {
            loop.run(RunMode.NOWAIT);
        }
        return opened.get(0);
    }

    @Test
    void anOpenFileIsClosedWhenTheLastWriteIsOut() throws Exception {
        backend.calls = stuck;
        AsyncFile written = opened(StandardOpenOption.WRITE);
        stuck.where = Operation.WRITE;
        ByteBuffer bytes = ByteBuffer.allocateDirect(10);
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            written.write(
                    bytes.clear(), 0, (file, buffer, failure) -> ends.add(failure.errorName()));
        }
        stuck.awaitInside(2);
        letGo();
        assertEquals(List.of("ECANCELED", "ECANCELED"), ends);
        assertEquals(List.of(), stuck.logged(), "threads have the descriptor");
        goesOn.countDown();
        stuck.awaitLog(3);
        assertEquals(List.of("WRITE", "WRITE", "CLOSE"), stuck.logged());
    }

    @Test
    void bothFilesOfACopyAreClosedWhenItIsOut() throws Exception {
        backend.calls = stuck;
        AsyncFile source = opened(StandardOpenOption.READ);
        AsyncFile target = opened(StandardOpenOption.WRITE);
        stuck.where = Operation.COPY;
        List<String> ends = new ArrayList<>();
        source.copyTo(target, 0, 0, 10).whenComplete((count, failure) -> ends.add("copy"));
        runUntilInside(1);
        ByteBuffer bytes = ByteBuffer.allocateDirect(10);
        target.write(bytes, 0, (file, buffer, failure) -> ends.add("write"));
        stuck.awaitLog(1);
        letGo();
        ends.sort(null);
        assertEquals(List.of("copy", "write"), ends);
        assertEquals(List.of("WRITE"), stuck.logged(), "a thread has both descriptors");
        goesOn.countDown();
        stuck.awaitLog(4);
        assertEquals(List.of("WRITE", "COPY", "CLOSE", "CLOSE"), stuck.logged());
    }

    @Test
    void aDirectoryIsClosedWhenTheCallThatReadsItIsOut() throws Exception {
        backend.calls = stuck;
        stuck.where = Operation.READ_DIRECTORY;
        List<Throwable> ends = new ArrayList<>();
        FileSystem.of(loop)
                .list(FILE, entries -> true)
                .whenComplete((count, failure) -> ends.add(failure));
        runUntilInside(1);
        letGo();
        assertEquals(1, ends.size());
        assertEquals(List.of(), stuck.logged(), "a thread has the descriptor");
        goesOn.countDown();
        stuck.awaitLog(2);
        assertEquals(List.of("READ_DIRECTORY", "CLOSE"), stuck.logged());
    }

    /** It is inside, until {@link #readerLeaves}. */
    private Thread startReaderBeside(LoopFile file) throws InterruptedException {
        CountDownLatch isInside = new CountDownLatch(1);
        stuck.beside =
                () -> {
                    isInside.countDown();
                    readerLeaves.await();
                };
        ReadsAtHand reads = file.readsAtHand();
        Thread reader = new Thread(() -> reads.read(ByteBuffer.allocateDirect(10), 0));
        reader.start();
        isInside.await();
        return reader;
    }

    @Test
    void aReaderBesideTheLoopDoesNotCloseUnderAThreadThatWrites() throws Exception {
        backend.calls = stuck;
        LoopFile file = (LoopFile) opened(StandardOpenOption.READ, StandardOpenOption.WRITE);
        stuck.where = Operation.WRITE;
        file.write(ByteBuffer.allocateDirect(10), 0, (same, buffer, failure) -> {});
        stuck.awaitInside(1);
        Thread reader = startReaderBeside(file);
        letGo();
        assertEquals(List.of(), stuck.logged());
        readerLeaves.countDown();
        reader.join();
        assertEquals(List.of(), stuck.logged(), "a thread has the descriptor");
        goesOn.countDown();
        stuck.awaitLog(2);
        assertEquals(List.of("WRITE", "CLOSE"), stuck.logged());
    }

    @Test
    void theLastReaderBesideTheLoopClosesWhatNoThreadIsIn() throws Exception {
        backend.calls = stuck;
        LoopFile file = (LoopFile) opened(StandardOpenOption.READ);
        Thread reader = startReaderBeside(file);
        letGo();
        assertEquals(List.of(), stuck.logged());
        readerLeaves.countDown();
        reader.join();
        assertEquals(List.of("CLOSE"), stuck.logged());
    }
}
