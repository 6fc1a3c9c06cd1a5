// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one of a child's three ends is. Immutable; any thread. */
public final class ChildEnd {
    /** What kinds there are, each made by the method of its name. */
    public enum Kind {
        /** {@link ChildEnd#ignore()}. */
        IGNORE,
        /** {@link ChildEnd#inherit()}. */
        INHERIT,
        /** {@link ChildEnd#pipe()}. */
        PIPE,
        /** {@link ChildEnd#file}. */
        FILE,
        /** {@link ChildEnd#appendTo}. */
        APPENDED,
        /** {@link ChildEnd#descriptor(int)}. */
        DESCRIPTOR,
        /** {@link ChildEnd#sameAsOutput()}. */
        SAME_AS_OUTPUT
    }

    private static final ChildEnd IGNORE = new ChildEnd(Kind.IGNORE, null, -1);
    private static final ChildEnd INHERIT = new ChildEnd(Kind.INHERIT, null, -1);
    private static final ChildEnd PIPE = new ChildEnd(Kind.PIPE, null, -1);
    private static final ChildEnd SAME = new ChildEnd(Kind.SAME_AS_OUTPUT, null, -1);

    private final Kind kind;
    private final @Nullable Path path;
    private final int descriptor;

    private ChildEnd(Kind kind, @Nullable Path path, int descriptor) {
        this.kind = kind;
        this.path = path;
        this.descriptor = descriptor;
    }

    /** {@code /dev/null}: nothing to read, and what is written is gone. */
    public static ChildEnd ignore() {
        return IGNORE;
    }

    /** The one of this process. */
    public static ChildEnd inherit() {
        return INHERIT;
    }

    /** A pipe, whose other end is a stream of the loop. */
    public static ChildEnd pipe() {
        return PIPE;
    }

    /**
     * A file: as input it is read, as output it is made or made empty. It is opened on a work
     * thread, which waits as long as open(2) does, so for a FIFO until it has another end.
     */
    public static ChildEnd file(Path path) {
        return new ChildEnd(Kind.FILE, Objects.requireNonNull(path, "path"), -1);
    }

    /** A file to whose end output is added; it is made if there is none. */
    public static ChildEnd appendTo(Path path) {
        return new ChildEnd(Kind.APPENDED, Objects.requireNonNull(path, "path"), -1);
    }

    /**
     * A descriptor of this process, such as a stream's or server's, which stays whose it is: the
     * child gets a duplicate of what it is when the start is called. A stream's does not block,
     * which programs seldom expect.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static ChildEnd descriptor(int descriptor) {
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
        return new ChildEnd(Kind.DESCRIPTOR, null, descriptor);
    }

    /** For errors only: the same as the output, in one order. */
    public static ChildEnd sameAsOutput() {
        return SAME;
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** Of a file. */
    public @Nullable Path path() {
        return path;
    }

    /** Of a descriptor; else -1. */
    public int descriptor() {
        return descriptor;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case FILE, APPENDED -> kind + " " + path;
            case DESCRIPTOR -> kind + " " + descriptor;
            case IGNORE, INHERIT, PIPE, SAME_AS_OUTPUT -> kind.name();
        };
    }
}
