// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells when something may have become of a path, by whatever links it leads to its file: all the
 * directories are watched that a link on the way or the file itself is in, and if a link leads
 * somewhere else by now, those there.
 */
final class PathWatch {
    /** Hears of it. */
    interface Listener {
        /** At the beginning, and whenever something may have changed. */
        void mayHaveChanged();

        /** Some of it is not told any more. */
        void warn(String what);

        /** Nothing is told any more. */
        void failed(Throwable why);
    }

    /** What the kernel follows at most. */
    private static final int MOST_LINKS = 40;

    private final EventLoop loop;
    private final FileSystem files;
    private final Path path;
    private final Listener listener;

    /** By real directories. */
    private final Map<Path, Place> places = new HashMap<>();

    private boolean isSearching;
    private boolean isSearchedAgain;
    private boolean isClosed;

    PathWatch(EventLoop loop, Path path, Listener listener) {
        this.loop = loop;
        this.path = path;
        this.listener = listener;
        files = FileSystem.of(loop);
    }

    /** What matters in a directory. */
    private static final class Names {
        final Set<Path> links = new HashSet<>();

        /** The file, or the first name on the way to it that is not there. */
        @Nullable Path last;

        /** Whether only a link leads there, so that it may be another the next time. */
        boolean areByLink = true;

        boolean has(@Nullable Path path) {
            Path name = path == null ? null : path.getFileName();
            return name != null && (links.contains(name) || name.equals(last));
        }
    }

    /** A directory on the way. */
    private final class Place {
        final Path directory;
        Names names;
        boolean isTried;
        @Nullable DirectoryWatch watch;

        Place(Path directory, Names names) {
            this.directory = directory;
            this.names = names;
        }

        void heard(DirectoryChange change) {
            if (isClosed || places.get(directory) != this) {
                return;
            }
            switch (change.kind()) {
                case ENDED -> ended(change.failure());
                case OVERFLOW -> search();
                case MODIFIED, WRITTEN -> {
                    if (change.path().getFileName().equals(names.last)) {
                        listener.mayHaveChanged();
                    }
                }
                default -> {
                    if (names.has(change.path()) || names.has(change.previousPath())) {
                        search();
                    }
                }
            }
        }

        private void ended(@Nullable IoException failure) {
            watch = null;
            Throwable why = failure != null ? failure : new IOException(directory + " is gone");
            if (names.areByLink && codeOf(why) == ErrorCode.ENOENT) {
                places.remove(directory);
                search();
            } else {
                fail(why);
            }
        }

        void forget() {
            if (watch != null) {
                watch.close();
            }
        }

        /** Without its watch the rest goes on if there is only a link in it. */
        void refused(Throwable failure) {
            ErrorCode code = codeOf(failure);
            if (code == ErrorCode.ENOENT && names.areByLink) {
                places.remove(directory);
            } else if (code == ErrorCode.EACCES && names.last == null) {
                listener.warn("leads through " + directory + ", which cannot be watched");
            } else {
                fail(failure);
            }
        }
    }

    private static ErrorCode codeOf(Throwable failure) {
        return failure instanceof IoException known ? known.errorCode() : ErrorCode.UNKNOWN;
    }

    /** Something on the way may be another by now. */
    void search() {
        if (isSearching) {
            isSearchedAgain = true;
        } else if (!isClosed) {
            isSearching = true;
            new Search().next();
        }
    }

    void close() {
        isClosed = true;
        places.values().forEach(Place::forget);
    }

    private void fail(Throwable why) {
        if (!isClosed) {
            close();
            listener.failed(why);
        }
    }

    /** From the root on, a name at a time. */
    private final class Search {
        private final Map<Path, Names> found = new HashMap<>();
        private final Deque<Path> rest = new ArrayDeque<>();
        private Path current = Objects.requireNonNull(path.getRoot(), "an absolute path's root");
        private int links;
        private boolean hasOpened;

        Search() {
            path.forEach(rest::add);
        }

        void next() {
            Path name = rest.poll();
            if (name == null || links > MOST_LINKS) {
                takeOver();
                return;
            }
            switch (name.toString()) {
                case "", "." -> next();
                case ".." -> {
                    Path parent = current.getParent();
                    current = parent == null ? current : parent;
                    next();
                }
                default ->
                        files.readLink(current.resolve(name))
                                .whenComplete((target, failure) -> read(name, target, failure));
            }
        }

        private void read(Path name, @Nullable Path target, @Nullable Throwable failure) {
            if (isClosed) {
                return;
            }
            if (failure == null && target != null) {
                follow(name, target);
                return;
            }
            ErrorCode code = failure == null ? ErrorCode.UNKNOWN : codeOf(failure);
            if (code == ErrorCode.EINVAL && !rest.isEmpty()) {
                current = current.resolve(name);
                next();
            } else if (code == ErrorCode.EINVAL || (code == ErrorCode.ENOENT && mayCome())) {
                names().last = name;
                takeOver();
            } else {
                fail(failure != null ? failure : new IOException("no link: " + name));
            }
        }

        /** A file is waited for, and a directory if a link says that there will be one. */
        private boolean mayCome() {
            return rest.isEmpty() || links > 0;
        }

        private Names names() {
            Names names = found.computeIfAbsent(current, directory -> new Names());
            names.areByLink &= links > 0;
            return names;
        }

        private void follow(Path name, Path target) {
            names().links.add(name);
            links++;
            Path root = target.getRoot();
            current = root == null ? current : root;
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                rest.push(target.getName(i));
            }
            next();
        }

        private void takeOver() {
            for (Place each : List.copyOf(places.values())) {
                if (!found.containsKey(each.directory)) {
                    places.remove(each.directory);
                    each.forget();
                }
            }
            found.forEach(
                    (directory, names) ->
                            places.computeIfAbsent(directory, same -> new Place(same, names))
                                            .names =
                                    names);
            open();
        }

        /** One after the other, and then from the root again, if something was watched too late. */
        private void open() {
            if (isClosed) {
                return;
            }
            Place place =
                    places.values().stream().filter(each -> !each.isTried).findFirst().orElse(null);
            if (place == null) {
                isSearching = false;
                if (hasOpened || isSearchedAgain) {
                    isSearchedAgain = false;
                    search();
                } else {
                    listener.mayHaveChanged();
                }
                return;
            }
            hasOpened = true;
            place.isTried = true;
            DirectoryWatch.open(loop, place.directory, (same, change) -> place.heard(change))
                    .whenComplete((watch, failure) -> opened(place, watch, failure));
        }

        private void opened(
                Place place, @Nullable DirectoryWatch watch, @Nullable Throwable failure) {
            place.watch = watch;
            if (failure != null) {
                place.refused(failure);
            } else if (isClosed) {
                place.forget();
            }
            open();
        }
    }
}
