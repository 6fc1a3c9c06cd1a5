// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One directory of a watched tree, where it is by what has been told so far. Loop thread only. */
final class WatchedDirectory {
    /** What the system calls it. */
    final int number;

    private @Nullable WatchedDirectory parent;

    /** In its parent; of the root the path that was given. */
    private Path name;

    private @Nullable Map<Path, WatchedDirectory> children;

    /** Names that were found when it was read, and that are about to be told once more. */
    private @Nullable Set<Path> found;

    /** What in it was gone, perhaps to another place, before it could be watched. */
    private @Nullable Set<Path> missing;

    /** When it was last read, by the count of such readings. */
    int seen;

    WatchedDirectory(int number, Path name) {
        this.number = number;
        this.name = name;
    }

    Path path() {
        return parent == null ? name : parent.path().resolve(name);
    }

    Path path(Path child) {
        return path().resolve(child);
    }

    @Nullable WatchedDirectory child(Path of) {
        return children == null ? null : children.get(of);
    }

    /** It is there from now on, wherever it was before. */
    void moveTo(WatchedDirectory newParent, Path newName) {
        detach();
        parent = newParent;
        name = newName;
        if (newParent.children == null) {
            newParent.children = new HashMap<>(4);
        }
        newParent.children.put(newName, this);
    }

    void detach() {
        WatchedDirectory above = parent;
        if (above != null && above.children != null) {
            above.children.remove(name, this);
        }
    }

    /** Whether it is there, and not only was. */
    boolean isAt(WatchedDirectory above, Path by) {
        return parent == above && name.equals(by) && above.child(by) == this;
    }

    /** What it is in, or null if it is in none any more. */
    @Nullable WatchedDirectory attachedTo() {
        WatchedDirectory above = parent;
        return above != null && above.child(name) == this ? above : null;
    }

    Path name() {
        return name;
    }

    /** Whether a directory is this or one above it. */
    boolean isBelow(WatchedDirectory other) {
        for (WatchedDirectory each = this; each != null; each = each.parent) {
            if (each == other) {
                return true;
            }
        }
        return false;
    }

    /** This one, and all below it; they may be detached meanwhile. */
    void walk(Consumer<WatchedDirectory> visitor) {
        if (children != null) {
            for (WatchedDirectory each : children.values().toArray(new WatchedDirectory[0])) {
                each.walk(visitor);
            }
        }
        visitor.accept(this);
    }

    void wasFound(Path child) {
        if (found == null) {
            found = new HashSet<>();
        }
        found.add(child);
    }

    /** Whether its coming is told already. */
    boolean takeFound(Path child) {
        return found != null && found.remove(child);
    }

    void forgetFound() {
        found = null;
    }

    void isMissing(Path child) {
        if (missing == null) {
            missing = new HashSet<>(4);
        }
        missing.add(child);
    }

    /** What has become of it is known. */
    void isMissingNoMore(Path child) {
        if (missing != null) {
            missing.remove(child);
        }
    }

    /** Whether anything is missing, which is made good now. */
    boolean takeMissing() {
        boolean any = missing != null && !missing.isEmpty();
        missing = null;
        return any;
    }
}
