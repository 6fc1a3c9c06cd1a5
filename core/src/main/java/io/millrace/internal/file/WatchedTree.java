// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories that a watch has with the system, as a tree by what has been told so far, which
 * lags behind the disk. It only keeps them: each by the number that the system knows it by, at one
 * place at a time, and with the names in it that notices are still to come of. What a change means
 * is decided elsewhere. Loop thread only.
 */
final class WatchedTree {
    /** A name in a directory. */
    record Place(WatchedDirectory in, Path name) {}

    /**
     * How a directory that was read has become part of the tree.
     *
     * @param isNew whether it was not at this place before
     * @param before where it was instead, if it was anywhere
     */
    record Placement(WatchedDirectory directory, boolean isNew, @Nullable Place before) {}

    private final Map<Integer, WatchedDirectory> byNumber = new HashMap<>();

    /** Those whose found names are kept until the notices of them have come. */
    private final List<WatchedDirectory> withFound = new ArrayList<>();

    private @Nullable WatchedDirectory root;

    int size() {
        return byNumber.size();
    }

    @Nullable WatchedDirectory get(int number) {
        return byNumber.get(number);
    }

    /** Whether it is still the one that the system knows by its number. */
    boolean contains(WatchedDirectory directory) {
        return byNumber.get(directory.number) == directory;
    }

    boolean isRoot(WatchedDirectory directory) {
        return directory == root;
    }

    /**
     * Puts a directory where it was read; without one above it is the root. One that is found below
     * itself, by a mount, stays where it is.
     */
    Placement place(int number, Path name, @Nullable WatchedDirectory above, int round) {
        WatchedDirectory known = byNumber.get(number);
        WatchedDirectory directory = known == null ? new WatchedDirectory(number, name) : known;
        byNumber.put(number, directory);
        directory.seen = round;
        if (above == null) {
            root = directory;
            return new Placement(directory, false, null);
        }
        if (above.isBelow(directory)) {
            return new Placement(directory, false, null);
        }
        boolean isNew = known == null || !directory.isAt(above, name);
        Place before = null;
        if (isNew) {
            WatchedDirectory parent = directory.attachedTo();
            before = parent == null ? null : new Place(parent, directory.name());
            directory.moveTo(above, name);
        }
        above.isMissingNoMore(name);
        return new Placement(directory, isNew, before);
    }

    /**
     * Moves a directory with all below it, onto another if that has the name.
     *
     * @return whether anything below is missing, and is to be looked for at the new place
     */
    boolean move(WatchedDirectory directory, WatchedDirectory target, Path name) {
        WatchedDirectory replaced = target.child(name);
        if (replaced != null && replaced != directory) {
            replaced.detach();
        }
        directory.moveTo(target, name);
        boolean[] isIncomplete = {false};
        directory.walk(each -> isIncomplete[0] |= each.takeMissing());
        return isIncomplete[0];
    }

    /** Forgets one that the system has forgotten by itself. */
    void forget(WatchedDirectory directory) {
        byNumber.remove(directory.number);
        directory.detach();
    }

    /** Forgets a directory and all below it, and answers what the system is to forget. */
    List<Integer> forgetAll(WatchedDirectory top) {
        List<WatchedDirectory> all = new ArrayList<>();
        top.walk(all::add);
        return forget(all);
    }

    /** The same of all that were not read in this round. */
    List<Integer> forgetUnseen(int round) {
        List<WatchedDirectory> unseen = new ArrayList<>();
        for (WatchedDirectory each : byNumber.values()) {
            if (each.seen != round) {
                unseen.add(each);
            }
        }
        return forget(unseen);
    }

    private List<Integer> forget(Collection<WatchedDirectory> all) {
        List<Integer> numbers = new ArrayList<>(all.size());
        for (WatchedDirectory each : all) {
            forget(each);
            numbers.add(each.number);
        }
        return numbers;
    }

    /** Names in a directory that was read are told, and are not told again by their notices. */
    void keepFound(WatchedDirectory directory, Collection<Path> names) {
        names.forEach(directory::wasFound);
        if (!names.isEmpty()) {
            withFound.add(directory);
        }
    }

    /** The notices of all that was found have come. */
    void forgetFound() {
        withFound.forEach(WatchedDirectory::forgetFound);
        withFound.clear();
    }
}
