// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/**
 * A list whose links are in what is listed, so that joining allocates nothing and anybody may leave
 * at any time, also while somebody walks through it. Loop thread only.
 */
final class LinkedMembers<M> {
    /** Where a member keeps its links to this list: it may be in others besides. */
    interface Links<M> {
        @Nullable M previous(M member);

        @Nullable M next(M member);

        void previous(M member, @Nullable M previous);

        void next(M member, @Nullable M next);
    }

    private final Links<M> links;
    private @Nullable M first;
    private @Nullable M last;

    /** The innermost walk under way. */
    private @Nullable Walk walk;

    LinkedMembers(Links<M> links) {
        this.links = links;
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable M first() {
        return first;
    }

    @Nullable M last() {
        return last;
    }

    boolean contains(M member) {
        return member == first || links.previous(member) != null;
    }

    /** Joins at the end, which it must not have done already. */
    void add(M member) {
        M before = last;
        links.previous(member, before);
        if (before == null) {
            first = member;
        } else {
            links.next(before, member);
        }
        last = member;
    }

    /** Leaves, which only a member can. */
    void remove(M member) {
        for (Walk each = walk; each != null; each = each.outer) {
            each.leaveOut(member);
        }
        M before = links.previous(member);
        M after = links.next(member);
        if (before == null) {
            first = after;
        } else {
            links.next(before, after);
        }
        if (after == null) {
            last = before;
        } else {
            links.previous(after, before);
        }
        links.previous(member, null);
        links.next(member, null);
    }

    /**
     * One way through the list, from some member to whoever is the last when it begins: who joins
     * meanwhile is left out, and who leaves before it is shown. For one walk after another; for one
     * inside another there must be two.
     */
    final class Walk {
        private @Nullable Walk outer;
        private @Nullable M next;
        private @Nullable M end;

        /** To be ended, whatever happens in between. */
        void begin(@Nullable M from) {
            next = from;
            end = last;
            outer = walk;
            walk = this;
        }

        /** The next member to be shown; null if there are no more. */
        @Nullable M take() {
            M taken = next;
            if (taken != null) {
                goBeyond(taken);
            }
            return taken;
        }

        private void goBeyond(M member) {
            next = member == end ? null : links.next(member);
        }

        /** Ends the innermost walk, which must be this one. */
        void end() {
            assert walk == this : "not the innermost walk";
            walk = outer;
            outer = null;
            next = null;
            end = null;
        }

        private void leaveOut(M member) {
            if (next == member) {
                goBeyond(member);
            }
            if (end == member) {
                end = links.previous(member);
            }
        }
    }
}
