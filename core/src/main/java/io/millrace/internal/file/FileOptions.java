// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.file.FileOption;
import io.millrace.spi.FileRequest;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which options a file can be opened with, and which fit together. What the JDK would ignore, such
 * as creating a file that is only read, is refused: it is never meant.
 */
public final class FileOptions {
    static final Set<StandardOpenOption> READ_AND_WRITE =
            Collections.unmodifiableSet(
                    EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE));

    private FileOptions() {}

    /**
     * The options as a set that has at least one of {@code READ}, {@code WRITE}, {@code APPEND}.
     */
    static Set<StandardOpenOption> of(OpenOption... options) {
        EnumSet<StandardOpenOption> set = EnumSet.noneOf(StandardOpenOption.class);
        for (OpenOption option : options) {
            if (option != FileOption.DIRECT) {
                set.add(supported(option));
            }
        }
        if (!writes(set)) {
            set.add(StandardOpenOption.READ);
        }
        check(set);
        return Collections.unmodifiableSet(set);
    }

    /** {@link FileRequest#OPEN_DIRECT} and its like. */
    static int flagsOf(OpenOption... options) {
        for (OpenOption option : options) {
            if (option == FileOption.DIRECT) {
                return FileRequest.OPEN_DIRECT;
            }
        }
        return 0;
    }

    static boolean writes(Set<StandardOpenOption> options) {
        return options.contains(StandardOpenOption.WRITE)
                || options.contains(StandardOpenOption.APPEND);
    }

    /** Whether a file that is missing is made. */
    static boolean makes(Set<StandardOpenOption> options) {
        return options.contains(StandardOpenOption.CREATE)
                || options.contains(StandardOpenOption.CREATE_NEW);
    }

    private static StandardOpenOption supported(OpenOption option) {
        if (option instanceof StandardOpenOption standard) {
            switch (standard) {
                case READ, WRITE, APPEND, TRUNCATE_EXISTING, CREATE, CREATE_NEW, SPARSE -> {
                    return standard;
                }
                case SYNC, DSYNC -> throw unsupported(option, "call sync after the writes");
                case DELETE_ON_CLOSE ->
                        throw unsupported(option, "delete it when the close callback runs");
            }
        }
        java.util.Objects.requireNonNull(option, "option");
        throw unsupported(
                option,
                "use READ, WRITE, APPEND, TRUNCATE_EXISTING, CREATE, CREATE_NEW, SPARSE and"
                        + " FileOption.DIRECT");
    }

    private static UnsupportedOperationException unsupported(OpenOption option, String instead) {
        return new UnsupportedOperationException(
                "files are not opened with " + option + "; " + instead);
    }

    private static void check(Set<StandardOpenOption> options) {
        boolean appends = options.contains(StandardOpenOption.APPEND);
        if (appends && options.contains(StandardOpenOption.READ)) {
            throw new IllegalArgumentException("APPEND and READ: open the file twice");
        }
        if (appends && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            throw new IllegalArgumentException(
                    "APPEND and TRUNCATE_EXISTING: there is nothing to append to; use WRITE");
        }
        for (StandardOpenOption option : options) {
            boolean changes =
                    option == StandardOpenOption.CREATE
                            || option == StandardOpenOption.CREATE_NEW
                            || option == StandardOpenOption.TRUNCATE_EXISTING;
            if (changes && !writes(options)) {
                throw new IllegalArgumentException(option + " needs WRITE or APPEND");
            }
        }
    }
}
