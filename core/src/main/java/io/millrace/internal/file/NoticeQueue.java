// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.DirectoryNotices;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices in the order in which the system gave them, until it is certain what they are: a rename
 * comes in two halves, which have a cookie in common and others between them. The first half waits
 * for the second, and all behind it wait too, so that nothing is told out of order; a half that
 * stays alone is a name that went, or came. Loop thread only.
 */
final class NoticeQueue {
    /** How long the other half of a rename may take: the system notes them one after the other. */
    private static final long RENAME_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What the system has noted of a directory, or of a name in it. */
    static final class Notice {
        /** What the system calls the directory. */
        final int directory;

        /** Flags of {@link DirectoryNotices}. */
        final int mask;

        private final int cookie;
        private final @Nullable Path name;

        /** Until when the other half may come. */
        private final long deadline;

        /** Whether it went with its other half. */
        private boolean isPaired;

        private Notice(int directory, int mask, int cookie, @Nullable Path name, long deadline) {
            this.directory = directory;
            this.mask = mask;
            this.cookie = cookie;
            this.name = name;
            this.deadline = deadline;
        }

        boolean is(int flags) {
            return (mask & flags) != 0;
        }

        /** Whether it is of the directory itself. */
        boolean isOfItself() {
            return name == null;
        }

        Path name() {
            return Objects.requireNonNull(name);
        }

        /** Whether it only says that all notices of what this round has found stand before it. */
        boolean isMarkOf(int round) {
            return isMark() && cookie == round;
        }

        boolean isMark() {
            return mask == 0;
        }
    }

    /**
     * What is certain.
     *
     * @param renamedTo the other half if it is a rename
     */
    record Event(Notice notice, @Nullable Notice renamedTo) {}

    private final ArrayDeque<Notice> notices = new ArrayDeque<>();

    /** After how many more drains a mark is due. */
    private int drainsToMark;

    int size() {
        return notices.size();
    }

    boolean isEmpty() {
        return notices.isEmpty();
    }

    void clear() {
        notices.clear();
    }

    void add(int directory, int mask, int cookie, @Nullable Path name, long now) {
        notices.add(new Notice(directory, mask, cookie, name, now + RENAME_NANOS));
    }

    /** Asks for a mark behind what the system has noted so far, which takes so many drains. */
    void markAfter(int drains) {
        drainsToMark = drains;
    }

    /**
     * The system had no more.
     *
     * @param round the last one: a mark is not meant for names of one that begins before it
     */
    void drained(int round) {
        if (drainsToMark > 0 && --drainsToMark == 0) {
            notices.add(new Notice(-1, 0, round, null, 0));
        }
    }

    /** The next that is certain, or null if there is none, or it may be {@link #dueAt later}. */
    @Nullable Event next(long now) {
        Notice first = notices.peek();
        while (first != null && first.isPaired) {
            notices.remove();
            first = notices.peek();
        }
        if (first == null) {
            return null;
        }
        Notice other = null;
        if (first.is(DirectoryNotices.MOVED_FROM)) {
            other = otherHalf(first);
            if (other == null && first.deadline - now > 0) {
                return null;
            }
        }
        notices.remove();
        if (other != null) {
            other.isPaired = true;
        }
        return new Event(first, other);
    }

    /** When the first, which waits, waits no longer. */
    long dueAt() {
        return notices.element().deadline;
    }

    private @Nullable Notice otherHalf(Notice first) {
        for (Notice each : notices) {
            if (each.cookie == first.cookie && each.is(DirectoryNotices.MOVED_TO)) {
                return each;
            }
        }
        return null;
    }
}
