// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileType;
import io.millrace.internal.file.DirectoryScan.Purpose;
import io.millrace.internal.file.NoticeQueue.Event;
import io.millrace.internal.file.NoticeQueue.Notice;
import io.millrace.internal.file.WatchedTree.Place;
import io.millrace.internal.file.WatchedTree.Placement;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Failures;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What the system has noted, and what was read, put into the tree and into words: every notice and
 * every directory read changes the tree, adds what is to be told to the queue of changes, and
 * answers what else is to be done. Does none of that itself, and knows neither loop nor threads.
 * Loop thread only.
 */
final class TreeUpdates {
    /** What a notice asks for besides what is told. */
    sealed interface Demand permits DirectoryScan, Removal, Ending {}

    /** The system is to forget directories by these numbers. */
    record Removal(List<Integer> numbers) implements Demand {}

    /** The watch is over. */
    record Ending(IoException why) implements Demand {}

    private final Path path;
    private final boolean recursive;
    private final WatchedTree tree;
    private final Queue<DirectoryChange> changes;

    /** Names that had another directory when they were read than when they were told. */
    private final ArrayDeque<Place> corrections = new ArrayDeque<>();

    TreeUpdates(Path path, boolean recursive, WatchedTree tree, Queue<DirectoryChange> changes) {
        this.path = path;
        this.recursive = recursive;
        this.tree = tree;
        this.changes = changes;
    }

    void clear() {
        corrections.clear();
    }

    /** The next name that is to be read again, or null. */
    @Nullable DirectoryScan nextCorrection() {
        Place place;
        while ((place = corrections.poll()) != null) {
            if (tree.contains(place.in())) {
                return scan(Purpose.CORRECTION, place.in(), place.name());
            }
        }
        return null;
    }

    private static DirectoryScan scan(Purpose purpose, WatchedDirectory in, Path name) {
        return new DirectoryScan(purpose, in, name, in.path(name));
    }

    // What was read.

    /**
     * A directory becomes part of the tree; or whoever watches hears why not.
     *
     * @return why there is no watch any more, or never was one
     */
    @Nullable IoException place(DirectoryScan scan, int round, TreeScan.Item item) {
        TreeScan.Item itemAbove = item.above;
        WatchedDirectory above = itemAbove == null ? scan.under() : itemAbove.node;
        if (item.number >= 0) {
            Placement placement = tree.place(item.number, item.name, above, round);
            item.node = placement.directory();
            item.isNew = placement.isNew();
            Place before = placement.before();
            // By what was told it has another name. So that name has had another directory
            // meanwhile, which a rename may have brought there without its ever being read. A
            // correction is not corrected: mounts show one directory by several names for ever.
            if (before != null && scan.purpose() == Purpose.APPEARED) {
                corrections.add(before);
            }
        }
        IoException failure = item.failure;
        if (failure != null) {
            boolean isWatched = itemAbove == null && above == null;
            if (isWatched || (scan.purpose() == Purpose.OPENING && item.isBeyondLimit())) {
                return failure;
            }
            notPlaced(scan, item, above, failure);
        }
        item.isNew |= item.number < 0 || (itemAbove != null && itemAbove.isNew);
        if (scan.isOfNews() && item.isNew) {
            tellFound(item);
        }
        return null;
    }

    private void notPlaced(
            DirectoryScan scan,
            TreeScan.Item item,
            @Nullable WatchedDirectory above,
            IoException failure) {
        if (!item.isGone()) {
            changes.add(new DirectoryChange(Kind.UNWATCHED, item.path, null, true, failure));
            return;
        }
        // A correction is of what has been told: it may be gone from there for good.
        boolean isCorrected = scan.purpose() == Purpose.CORRECTION && item.above == null;
        if (above != null && !isCorrected) {
            above.isMissing(item.name);
        }
    }

    private void tellFound(TreeScan.Item item) {
        List<Path> names = new ArrayList<>(item.entries.size());
        for (DirectoryEntry each : item.entries) {
            boolean isDirectory = each.type() == FileType.DIRECTORY;
            changes.add(
                    DirectoryChange.of(Kind.CREATED, item.path.resolve(each.name()), isDirectory));
            names.add(each.name());
        }
        WatchedDirectory node = item.node;
        if (node != null) {
            tree.keepFound(node, names);
        }
    }

    /** All was read anew, because notices were lost. */
    Removal refreshed(int round) {
        changes.add(DirectoryChange.of(Kind.OVERFLOW, path, true));
        return new Removal(tree.forgetUnseen(round));
    }

    // What the system has noted.

    /**
     * What has happened.
     *
     * @param isComplete whether the system tells all; otherwise halves of a rename are two notices
     * @param round of the last scan
     */
    @Nullable Demand understand(Event event, boolean isComplete, int round) {
        Notice notice = event.notice();
        Notice to = event.renamedTo();
        if (to != null) {
            return renamed(notice, to, isComplete);
        }
        if (notice.is(DirectoryNotices.OVERFLOW)) {
            return new DirectoryScan(Purpose.REFRESH, null, path, path);
        }
        if (notice.isMark()) {
            if (notice.isMarkOf(round)) {
                tree.forgetFound();
            }
            return null;
        }
        WatchedDirectory in = tree.get(notice.directory);
        return in == null ? null : happened(notice, in, isComplete);
    }

    private @Nullable Demand happened(Notice notice, WatchedDirectory in, boolean isComplete) {
        if (notice.isOfItself()) {
            return happenedItself(notice, in, isComplete);
        }
        if (notice.is(DirectoryNotices.CREATED | DirectoryNotices.MOVED_TO)) {
            return came(notice, in);
        }
        if (notice.is(DirectoryNotices.DELETED | DirectoryNotices.MOVED_FROM)) {
            return went(notice, in, isComplete);
        }
        Kind kind =
                notice.is(DirectoryNotices.WRITTEN)
                        ? Kind.WRITTEN
                        : notice.is(DirectoryNotices.MODIFIED) ? Kind.MODIFIED : Kind.ATTRIBUTES;
        changed(kind, in, notice);
        return null;
    }

    private void changed(Kind kind, WatchedDirectory in, Notice notice) {
        changes.add(
                DirectoryChange.of(
                        kind, in.path(notice.name()), notice.is(DirectoryNotices.DIRECTORY)));
    }

    /** Of those below the root, the directory above tells. */
    private @Nullable Demand happenedItself(
            Notice notice, WatchedDirectory of, boolean isComplete) {
        if (tree.isRoot(of)) {
            return happenedToRoot(notice);
        }
        if (notice.is(DirectoryNotices.FORGOTTEN) && isComplete) {
            // Otherwise it may come first: then what is told of the name needs to know it.
            tree.forget(of);
        }
        return null;
    }

    private @Nullable Demand happenedToRoot(Notice notice) {
        if (notice.is(DirectoryNotices.SELF_DELETED | DirectoryNotices.FORGOTTEN)) {
            return ending(Code.NO_SUCH_FILE, "it was removed");
        }
        if (notice.is(DirectoryNotices.SELF_MOVED)) {
            return ending(Code.NO_SUCH_FILE, "it has another name now; watch it by that");
        }
        if (notice.is(DirectoryNotices.UNMOUNTED)) {
            return ending(Code.NO_SUCH_DEVICE, "its file system was unmounted");
        }
        if (notice.is(DirectoryNotices.ATTRIBUTES)) {
            changes.add(DirectoryChange.of(Kind.ATTRIBUTES, path, true));
        }
        return null;
    }

    private Ending ending(int code, String why) {
        return new Ending(Failures.ofFile(code, "watch", path, why));
    }

    private @Nullable Demand came(Notice notice, WatchedDirectory in) {
        Path name = notice.name();
        boolean isKnown = in.takeFound(name) && notice.is(DirectoryNotices.CREATED);
        if (!isKnown) {
            changed(Kind.CREATED, in, notice);
        }
        boolean isToBeRead =
                notice.is(DirectoryNotices.DIRECTORY)
                        && recursive
                        && !(isKnown && in.child(name) != null);
        return isToBeRead ? scan(Purpose.APPEARED, in, name) : null;
    }

    private @Nullable Demand went(Notice notice, WatchedDirectory in, boolean isComplete) {
        Path name = notice.name();
        in.takeFound(name);
        in.isMissingNoMore(name);
        WatchedDirectory child = in.child(name);
        boolean isDirectory = child != null || notice.is(DirectoryNotices.DIRECTORY);
        changes.add(DirectoryChange.of(Kind.DELETED, in.path(name), isDirectory));
        if (child == null) {
            return null;
        }
        boolean maybeElsewhere = notice.is(DirectoryNotices.MOVED_FROM) || !isComplete;
        if (maybeElsewhere) {
            return new Removal(tree.forgetAll(child));
        }
        // The system forgets it by itself, and says so.
        child.detach();
        return null;
    }

    private @Nullable Demand renamed(Notice from, Notice to, boolean isComplete) {
        WatchedDirectory source = tree.get(from.directory);
        WatchedDirectory target = tree.get(to.directory);
        if (source == null) {
            return target == null ? null : happened(to, target, isComplete);
        }
        if (target == null) {
            return happened(from, source, isComplete);
        }
        boolean isDirectory = from.is(DirectoryNotices.DIRECTORY);
        source.takeFound(from.name());
        source.isMissingNoMore(from.name());
        target.takeFound(to.name());
        changes.add(
                new DirectoryChange(
                        Kind.RENAMED,
                        target.path(to.name()),
                        source.path(from.name()),
                        isDirectory,
                        null));
        if (!isDirectory || !recursive) {
            return null;
        }
        WatchedDirectory child = source.child(from.name());
        // Whatever was known by that name: an unknown one may be another, which was never read.
        boolean isToBeRead = child == null || tree.move(child, target, to.name());
        return isToBeRead ? scan(Purpose.APPEARED, target, to.name()) : null;
    }
}
