// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import java.time.Duration;
import java.util.Objects;

/** How a directory is watched; immutable. */
public final class DirectoryWatchOptions {
    /** Only the directory itself, and everything told at once. */
    public static final DirectoryWatchOptions DEFAULT = builder().build();

    private final boolean recursive;
    private final Duration debounce;

    private DirectoryWatchOptions(Builder builder) {
        recursive = builder.recursive;
        debounce = builder.debounce;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Whether the directories below are watched as well. */
    public boolean recursive() {
        return recursive;
    }

    /** How long a path has to be quiet before what has happened to it is told; 0 for at once. */
    public Duration debounce() {
        return debounce;
    }

    /** Makes options. */
    public static final class Builder {
        private boolean recursive;
        private Duration debounce = Duration.ZERO;

        private Builder() {}

        /**
         * Whether to watch the directories below as well, also those that come to be later; links
         * are not followed. Default: false.
         */
        public Builder recursive(boolean all) {
            recursive = all;
            return this;
        }

        /**
         * Tells what has happened to a path as one change, when nothing has happened to it for this
         * long, and at the latest after ten times that. A rename is then one name gone and another
         * come; a name that came and went again is not told; one that went and came again is {@code
         * MODIFIED}. Default: 0, which tells everything at once.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder debounce(Duration quiet) {
            if (Objects.requireNonNull(quiet, "quiet").isNegative()) {
                throw new IllegalArgumentException("a time must not be negative: " + quiet);
            }
            debounce = quiet;
            return this;
        }

        public DirectoryWatchOptions build() {
            return new DirectoryWatchOptions(this);
        }
    }
}
