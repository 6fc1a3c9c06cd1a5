// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The one implementation of {@link EventLoopGroup}. */
public final class LoopGroup implements AutoCloseable, EventLoopGroup {
    private static final AtomicInteger GROUPS = new AtomicInteger();

    private final List<GroupMember> members;
    private final AtomicInteger turn = new AtomicInteger();

    private LoopGroup(List<GroupMember> members) {
        this.members = List.copyOf(members);
    }

    public static LoopGroup open(int size) throws IoException {
        return open(size, LoopOptions.DEFAULT);
    }

    public static LoopGroup open(int size, LoopOptions options) throws IoException {
        int group = GROUPS.incrementAndGet();
        AtomicInteger number = new AtomicInteger();
        return open(
                size,
                options,
                task -> new Thread(task, "millrace-" + group + "-" + number.incrementAndGet()));
    }

    public static LoopGroup open(int size, LoopOptions options, ThreadFactory threads)
            throws IoException {
        if (size < 1) {
            throw new IllegalArgumentException("a group has at least 1 loop: " + size);
        }
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(threads, "threads");
        List<GroupMember> members = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                members.add(GroupMember.start(options, threads));
            }
            return new LoopGroup(members);
        } catch (Throwable failure) {
            close(members);
            throw failure;
        }
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public Loop next() {
        int first = turn.getAndIncrement();
        for (int i = 0; i < members.size(); i++) {
            Loop loop = members.get(Math.floorMod(first + i, members.size())).loop();
            if (!loop.isClosed()) {
                return loop;
            }
        }
        return members.get(Math.floorMod(first, members.size())).loop();
    }

    /** Whether none of its loops runs any more. */
    public boolean isClosed() {
        return members.stream().allMatch(member -> member.loop().isClosed());
    }

    @Override
    public List<EventLoop> loops() {
        return List.copyOf(members());
    }

    /** All loops. */
    public List<Loop> members() {
        return members.stream().map(GroupMember::loop).toList();
    }

    @Override
    public void close() {
        for (GroupMember member : members) {
            if (member.loop().inLoop()) {
                throw new IllegalStateException(
                        "a group cannot be closed on one of its own threads");
            }
        }
        close(members);
    }

    private static void close(List<GroupMember> members) {
        members.forEach(GroupMember::stop);
        members.forEach(GroupMember::join);
    }
}
