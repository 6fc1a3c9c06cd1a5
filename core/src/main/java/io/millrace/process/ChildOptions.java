// SPDX-License-Identifier: Apache-2.0
package io.millrace.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What child to start. Unless said otherwise it has this process's environment and directory, an
 * input with nothing in it, and output and errors that are pipes. Immutable; any thread.
 */
public final class ChildOptions {
    private final List<String> command;
    private final @Nullable List<String> environment;
    private final @Nullable Path directory;
    private final List<ChildEnd> ends;
    private final boolean detached;

    private ChildOptions(Builder builder) {
        command = builder.command;
        Map<String, String> changed = builder.environment;
        environment =
                changed == null
                        ? null
                        : changed.entrySet().stream()
                                .map(each -> each.getKey() + "=" + each.getValue())
                                .toList();
        directory = builder.directory;
        ends = List.of(builder.input, builder.output, builder.errors);
        detached = builder.detached;
    }

    /**
     * As {@link #builder(List)}.
     *
     * @throws IllegalArgumentException if there is none, or a zero character in one
     */
    public static Builder builder(String... command) {
        return builder(List.of(Objects.requireNonNull(command, "command")));
    }

    /**
     * Begins with what to run.
     *
     * @param command the program, looked for in this process's {@code PATH} unless it has a slash,
     *     and its arguments, in the encoding of the locale
     * @throws IllegalArgumentException if there is none, or a zero character in one
     */
    public static Builder builder(List<String> command) {
        return new Builder(List.copyOf(Objects.requireNonNull(command, "command")));
    }

    /** The program and its arguments. */
    public List<String> command() {
        return command;
    }

    /** Each as {@code NAME=value}; null for this process's. */
    public @Nullable List<String> environment() {
        return environment;
    }

    /** Where it starts; null for this process's directory. */
    public @Nullable Path directory() {
        return directory;
    }

    /** Input, output and errors. */
    public List<ChildEnd> ends() {
        return ends;
    }

    /** Whether it gets a session of its own. */
    public boolean isDetached() {
        return detached;
    }

    /** Collects options. Not safe for several threads. */
    public static final class Builder {
        private final List<String> command;
        private @Nullable Map<String, String> environment;
        private @Nullable Path directory;
        private ChildEnd input = ChildEnd.ignore();
        private ChildEnd output = ChildEnd.pipe();
        private ChildEnd errors = ChildEnd.pipe();
        private boolean detached;

        private Builder(List<String> command) {
            if (command.isEmpty() || command.get(0).isEmpty()) {
                throw new IllegalArgumentException("no program to start");
            }
            command.forEach(each -> ensureWhole(each, "an argument"));
            this.command = command;
        }

        private static String ensureWhole(String text, String what) {
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a zero character in " + what);
            }
            return text;
        }

        private Map<String, String> changed() {
            Map<String, String> known = environment;
            if (known == null) {
                known = new HashMap<>(System.getenv());
                environment = known;
            }
            return known;
        }

        /**
         * Sets a variable beside those of this process.
         *
         * @throws IllegalArgumentException if the name is empty or has a {@code =} in it
         */
        public Builder environment(String name, String value) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                throw new IllegalArgumentException("no name of a variable: '" + name + "'");
            }
            changed().put(ensureWhole(name, "a name"), ensureWhole(value, "a variable"));
            return this;
        }

        /** Leaves out a variable of this process. */
        public Builder withoutEnvironment(String name) {
            changed().remove(Objects.requireNonNull(name, "name"));
            return this;
        }

        /** Begins with no variables at all. */
        public Builder emptyEnvironment() {
            environment = new HashMap<>();
            return this;
        }

        /** Where it starts. A program with a slash that is relative is looked for there. */
        public Builder directory(Path path) {
            directory = Objects.requireNonNull(path, "path");
            return this;
        }

        /** What its standard input is. */
        public Builder input(ChildEnd end) {
            ChildEnd.Kind kind = Objects.requireNonNull(end, "end").kind();
            if (kind == ChildEnd.Kind.SAME_AS_OUTPUT || kind == ChildEnd.Kind.APPENDED) {
                throw new IllegalArgumentException("no input: " + end);
            }
            input = end;
            return this;
        }

        /** What its standard output is. */
        public Builder output(ChildEnd end) {
            if (Objects.requireNonNull(end, "end").kind() == ChildEnd.Kind.SAME_AS_OUTPUT) {
                throw new IllegalArgumentException("the output cannot be the same as itself");
            }
            output = end;
            return this;
        }

        /** What its standard error output is. */
        public Builder errors(ChildEnd end) {
            errors = Objects.requireNonNull(end, "end");
            return this;
        }

        /**
         * Gives it a session and a process group of its own, see setsid(2): no terminal's signals
         * reach it. Every child goes on when this process ends.
         */
        public Builder detached(boolean is) {
            detached = is;
            return this;
        }

        /** What was collected. */
        public ChildOptions build() {
            return new ChildOptions(this);
        }
    }

    @Override
    public String toString() {
        return "ChildOptions" + new ArrayList<>(command);
    }
}
