// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileWriteCallback;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the areas of the contract on files share: a directory, files in it, and callbacks. */
abstract class FileFixture extends ContractTest {
    final Journal journal = new Journal();

    Path directory;
    Path path;

    @BeforeEach
    void makeDirectory(@TempDir Path fresh) {
        directory = fresh;
        path = fresh.resolve("file");
    }

    final AsyncFile open(Path of, OpenOption... options) throws IOException {
        List<AsyncFile> opened = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        AsyncFile.open(loop(), of, options)
                .whenComplete(
                        (file, failure) -> {
                            if (failure == null) {
                                opened.add(file);
                            } else {
                                failures.add(failure);
                            }
                        });
        until("opened", () -> !opened.isEmpty() || !failures.isEmpty());
        Assertions.assertEquals(List.of(), failures);
        return opened.get(0);
    }

    /** The failure of opening, which leaves no handle behind. */
    final IoException refusal(Path of, OpenOption... options) throws IOException {
        List<Throwable> failures = new ArrayList<>();
        AsyncFile.open(loop(), of, options).whenComplete((file, failure) -> failures.add(failure));
        Assertions.assertEquals(List.of(), failures, "not on the caller's stack");
        untilDone();
        List<Object> handles = new ArrayList<>();
        loop().walk(handles::add);
        Assertions.assertEquals(List.of(), handles);
        return Assertions.assertInstanceOf(IoException.class, failures.get(0));
    }

    /** Waits until as many lines are written. */
    final void untilLines(int count) throws IOException {
        until(count + " lines", () -> journal.lines().size() >= count);
    }

    final FileWriteCallback written(String name) {
        return (file, buffer, failure) -> journal.add(name + Journal.symbol(failure));
    }

    /** Takes the bytes, and writes how many there were; closes nothing. */
    final FileReadCallback read(String name) {
        return new FileReadCallback() {
            @Override
            public void onRead(AsyncFile file, ByteBuffer buffer, int count) {
                journal.takeBuffer(buffer.duplicate().flip());
                journal.add(name + " " + count);
            }

            @Override
            public void onFailure(AsyncFile file, ByteBuffer buffer, IoException failure) {
                journal.add(name + Journal.symbol(failure));
            }
        };
    }

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static ByteBuffer room(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    /** Something that may throw what I/O throws. */
    interface Action {
        void run() throws Exception;
    }

    /**
     * Runs the action while another thread interrupts this one again and again; it begins with the
     * first interrupt, however late that thread comes to run. Afterwards the flag is lowered.
     */
    static void whileInterrupted(Action action) throws Exception {
        Thread victim = Thread.currentThread();
        AtomicBoolean done = new AtomicBoolean();
        Thread tormentor =
                new Thread(
                        () -> {
                            while (!done.get()) {
                                victim.interrupt();
                                LockSupport.parkNanos(20_000);
                            }
                        },
                        "interrupts");
        tormentor.start();
        while (!victim.isInterrupted()) {
            Thread.onSpinWait();
        }
        try {
            action.run();
        } finally {
            done.set(true);
            while (tormentor.isAlive()) {
                Thread.onSpinWait();
            }
            Assertions.assertTrue(Thread.interrupted(), "the flag is whose it was");
        }
    }

    /** Makes a FIFO, for which the JDK has no call. */
    static Path fifo(Path at) throws IOException {
        Process process = new ProcessBuilder("mkfifo", at.toString()).start();
        try {
            Assertions.assertEquals(0, process.waitFor(), "mkfifo");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return at;
    }
}
