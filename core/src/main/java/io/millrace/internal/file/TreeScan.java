// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileType;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Failures;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileErrors;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds directories to what is watched and then reads them, so that nothing comes in between unseen;
 * in steps, each of which is one task of a thread. One thread at a time; what it has found is the
 * loop's between two steps.
 */
final class TreeScan {
    /** Names and directories in one step: some milliseconds of a page cache. */
    private static final int STEP = 4096;

    /** One directory to be added. */
    static final class Item {
        final @Nullable Item above;
        final Path name;
        final Path path;

        /** What the system calls it, if it could be added. */
        int number = -1;

        List<DirectoryEntry> entries = List.of();

        /** Why it could not be added or read. */
        @Nullable IoException failure;

        /** What has become of it: for the loop. */
        @Nullable WatchedDirectory node;

        /** Whether what is in it is news at this place. */
        boolean isNew;

        Item(@Nullable Item above, Path name, Path path) {
            this.above = above;
            this.name = name;
            this.path = path;
        }

        /** Whether it is not there, which its directory tells by itself. */
        boolean isGone() {
            IoException why = failure;
            if (why == null) {
                return false;
            }
            return switch (why.code()) {
                case Code.NO_SUCH_FILE, Code.NOT_A_DIRECTORY, Code.LINK_LOOP -> true;
                default -> false;
            };
        }

        /** Whether no other directory can be added either. */
        boolean isBeyondLimit() {
            IoException why = failure;
            return why != null && (why.code() == Code.NO_SPACE || why.code() == Code.NO_MEMORY);
        }
    }

    private final FileCalls calls;
    private final boolean recursive;
    private final boolean keepsNames;
    private final boolean follows;
    private final ArrayDeque<Item> left = new ArrayDeque<>();
    private final Question question = new Question();
    private boolean exhausted;
    private volatile boolean cancelled;

    /**
     * Prepares a scan.
     *
     * @param keepsNames whether the names of what is no directory are wanted
     * @param follows whether what is added may be a link to a directory; what is below may not
     */
    TreeScan(FileCalls calls, boolean recursive, boolean keepsNames, boolean follows) {
        this.calls = calls;
        this.recursive = recursive;
        this.keepsNames = keepsNames;
        this.follows = follows;
    }

    void add(Item item) {
        left.addLast(item);
    }

    boolean isDone() {
        return left.isEmpty() || cancelled;
    }

    /** Ends the step that is under way. Any thread. */
    void cancel() {
        cancelled = true;
    }

    /** Adds some directories, each before those in it, and answers them. */
    List<Item> step(DirectoryNotices notices) {
        List<Item> done = new ArrayList<>();
        int names = 0;
        while (names < STEP && !cancelled) {
            Item item = left.pollLast();
            if (item == null) {
                break;
            }
            watch(notices, item);
            names += 1 + item.entries.size();
            done.add(item);
        }
        return done;
    }

    private boolean follows(Item item) {
        return follows && item.above == null;
    }

    private void watch(DirectoryNotices notices, Item item) {
        try {
            if (!exhausted) {
                item.number = notices.add(item.path.toAbsolutePath(), follows(item));
            }
        } catch (IoException failure) {
            item.failure = failure;
            exhausted = item.isBeyondLimit();
            if (!exhausted) {
                return;
            }
        }
        if (recursive || keepsNames) {
            read(item);
        }
    }

    private void read(Item item) {
        try {
            item.entries = list(item);
        } catch (IOException failure) {
            if (item.failure == null) {
                item.failure =
                        Failures.ofFile(
                                FileErrors.codeOf(failure),
                                "read directory",
                                item.path,
                                0,
                                failure);
            }
            return;
        }
        for (DirectoryEntry each : item.entries) {
            if (recursive && each.type() == FileType.DIRECTORY) {
                left.addLast(new Item(item, each.name(), item.path.resolve(each.name())));
            }
        }
    }

    /** All names if they are wanted, else those of directories. */
    private List<DirectoryEntry> list(Item item) throws IOException {
        FileAnswer answer = new FileAnswer();
        question.openDirectory(
                item.path.toAbsolutePath(), follows(item) ? 0 : FileRequest.OPEN_NO_FOLLOW);
        check(calls.carryOut(question, answer));
        List<DirectoryEntry> all = new ArrayList<>();
        OpenFile directory = answer.opened;
        if (directory == null) {
            throw new AssertionError("opened, but there is nothing");
        }
        question.opened(directory);
        try {
            while (!cancelled) {
                question.readDirectory(directory);
                check(calls.carryOut(question, answer));
                question.answerWith(answer.value);
                List<DirectoryEntry> batch = question.answeredEntries();
                if (batch.isEmpty()) {
                    break;
                }
                for (DirectoryEntry each : batch) {
                    if (keepsNames || each.type() == FileType.DIRECTORY) {
                        all.add(each);
                    }
                }
            }
        } finally {
            directory.close();
        }
        return all;
    }

    private static void check(long result) throws IoException {
        if (result < 0) {
            throw IoException.of((int) result, "read directory", null);
        }
    }

    /** What the calls are asked; nobody waits for an answer. */
    private static final class Question extends FileRequest {
        private static final int BATCH = 1024;

        void openDirectory(Path path, int flags) {
            askOfPath(Operation.OPEN_DIRECTORY, path, flags);
        }

        void readDirectory(OpenFile directory) {
            askStretch(Operation.READ_DIRECTORY, directory, 0, BATCH, 0);
        }

        @Override
        public void onEnded(long result) {
            throw new AssertionError("carried out by a call");
        }
    }
}
