// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one change of what happens to a path until it is quiet. Loop thread only. */
final class Debounce {
    /** A path that is never quiet is told after this many times that. */
    private static final int PATIENCE = 10;

    static final long NOTHING = Long.MAX_VALUE;

    private static final class Pending {
        final long first;
        final Kind firstKind;
        DirectoryChange last;
        long due;

        Pending(long first, DirectoryChange change) {
            this.first = first;
            firstKind = change.kind();
            last = change;
        }
    }

    private final long quietNanos;

    /** In the order of their last changes, which is that of being due. */
    private final Map<Path, Pending> all = new LinkedHashMap<>();

    Debounce(long quietNanos) {
        this.quietNanos = quietNanos;
    }

    /**
     * A change of one path, which is no rename.
     *
     * @return what is to be told now, because the path has not been quiet for too long
     */
    @Nullable DirectoryChange add(DirectoryChange change, long now) {
        Pending known = all.remove(change.path());
        if (known == null) {
            known = new Pending(now, change);
        } else {
            known.last = merged(known.last, change);
        }
        known.due = now + quietNanos;
        // A difference, because the clock may pass the largest number.
        if (now - known.first >= PATIENCE * quietNanos) {
            return net(known);
        }
        all.put(change.path(), known);
        return null;
    }

    /** What ends as a name that is there keeps the most telling of its kinds. */
    private static DirectoryChange merged(DirectoryChange before, DirectoryChange change) {
        boolean keeps =
                change.kind() != Kind.DELETED
                        && change.kind() != Kind.CREATED
                        && before.kind() != Kind.DELETED
                        && rank(before.kind()) >= rank(change.kind());
        return keeps ? before : change;
    }

    private static int rank(Kind kind) {
        return switch (kind) {
            case ATTRIBUTES -> 0;
            case MODIFIED -> 1;
            case WRITTEN -> 2;
            default -> 3;
        };
    }

    private static @Nullable DirectoryChange net(Pending of) {
        DirectoryChange last = of.last;
        if (of.firstKind == Kind.CREATED) {
            return last.kind() != Kind.DELETED
                    ? DirectoryChange.of(Kind.CREATED, last.path(), last.isDirectory())
                    : null;
        }
        if (last.kind() == Kind.CREATED) {
            return DirectoryChange.of(Kind.MODIFIED, last.path(), last.isDirectory());
        }
        return last;
    }

    /** When the next is due, or {@link #NOTHING}. */
    long due() {
        return all.isEmpty() ? NOTHING : all.values().iterator().next().due;
    }

    /** The next that is due and comes to something, or null. */
    @Nullable DirectoryChange takeDue(long now) {
        return take(now, false);
    }

    /** The next, due or not. */
    @Nullable DirectoryChange take() {
        return take(0, true);
    }

    private @Nullable DirectoryChange take(long now, boolean any) {
        Iterator<Pending> each = all.values().iterator();
        while (each.hasNext()) {
            Pending next = each.next();
            if (!any && next.due - now > 0) {
                return null;
            }
            each.remove();
            DirectoryChange change = net(next);
            if (change != null) {
                return change;
            }
        }
        return null;
    }
}
