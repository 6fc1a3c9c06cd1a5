// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to a file, several at a time, and syncs it now and then. What was appended before
 * anything failed is there in order; what was synced before a crash is there after it.
 */
final class LogActor extends FileActor {
    private static final int MOST_RECORDS = 40;
    private static final int MOST_BYTES = 2_000;
    private static final int MOST_UNDER_WAY = 5;

    private @Nullable AsyncFile file;

    /** Bytes that were asked to be appended. */
    private int asked;

    /** Bytes that are there: appended before the first failure. */
    private int there;

    /** Those of them that a sync has covered. */
    private int stored;

    private boolean hasFailed;

    LogActor(EventLoop loop, SplittableRandom random, boolean kind, Path own) {
        super(loop, random, kind, own, MOST_RECORDS);
    }

    @Override
    void begin() {
        ask(
                "open",
                false,
                () ->
                        AsyncFile.open(
                                loop, own, StandardOpenOption.APPEND, StandardOpenOption.CREATE),
                (opened, failure) -> {
                    if (opened != null) {
                        file = opened;
                        goOn(opened);
                    }
                });
    }

    private void goOn(AsyncFile opened) {
        if (opened.isClosing()) {
            return;
        }
        while (left > 0 && underWay() < MOST_UNDER_WAY) {
            left--;
            if (random.nextInt(5) == 0) {
                sync(opened);
            } else {
                append(opened);
            }
        }
        boolean impatient = random.nextInt(60) == 0;
        if (impatient || (left == 0 && underWay() == 0)) {
            close(opened, () -> read(files, own, hasFailed || impatient ? -1 : asked, there));
        }
    }

    private void append(AsyncFile opened) {
        byte[] bytes = new byte[random.nextInt(MOST_BYTES)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = byteAt(asked + i);
        }
        asked += bytes.length;
        int end = asked;
        call(
                "append of " + bytes.length,
                once -> {
                    if (random.nextInt(4) == 0) {
                        opened.append(
                                buffers(bytes),
                                (same, buffer, failure) -> {
                                    once.ended(failure, opened.isClosing());
                                    appended(opened, end, failure);
                                });
                    } else {
                        opened.append(
                                buffer(bytes),
                                (same, buffer, failure) -> {
                                    check(
                                            !buffer.hasRemaining(),
                                            "a written buffer has bytes left");
                                    once.ended(failure, opened.isClosing());
                                    appended(opened, end, failure);
                                });
                    }
                });
    }

    private void appended(AsyncFile opened, int end, @Nullable IoException failure) {
        check(!isClosed, "an append ended after the close callback");
        if (failure != null) {
            if (!hasFailed) {
                there += (int) failure.bytesTransferred();
                check(there <= end, "more bytes were taken than there were");
            }
            hasFailed = true;
        } else if (!hasFailed) {
            check(end > there || end == there, "appends end out of order");
            there = end;
        }
        goOn(opened);
    }

    private void sync(AsyncFile opened) {
        int covered = there;
        boolean counts = !hasFailed;
        call(
                "sync",
                once ->
                        opened.sync(
                                (same, failure) -> {
                                    once.ended(failure, opened.isClosing());
                                    if (failure == null && counts && !lost) {
                                        stored = Math.max(stored, covered);
                                    }
                                    lost |= failure != null;
                                    goOn(opened);
                                }));
    }

    /** A failed sync may have forgotten what was not stored yet, whatever the next one says. */
    private boolean lost;

    @Override
    void lookAfterCrash(EventLoop other) {
        if (stored > 0) {
            read(FileSystem.of(other), own, -1, stored);
        }
    }

    /**
     * Looks whether the beginning is there.
     *
     * @param size of the whole file, or -1 if nobody knows
     */
    private void read(FileSystem in, Path path, int size, int least) {
        ask(
                "reading what was appended",
                false,
                () -> in.readAll(path, Integer.MAX_VALUE),
                (bytes, failure) -> {
                    if (bytes == null) {
                        return;
                    }
                    check(size < 0 || bytes.length == size, bytes.length + " B, and not " + size);
                    check(bytes.length >= least, bytes.length + " B, and not " + least);
                    for (int i = 0; i < least; i++) {
                        check(bytes[i] == byteAt(i), "byte " + i + " differs");
                    }
                });
    }

    private static byte byteAt(int offset) {
        return (byte) (offset * 31 + (offset >> 8));
    }

    @Override
    public String toString() {
        return "log of " + there + " of " + asked + " bytes, " + stored + " stored";
    }
}
