// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What Linux allows this process, read from below {@code /proc} and {@code /sys}; see proc(5).
 *
 * <p>What is not there is said to be unknown: on other systems that is everything.
 */
public final class SystemLimits {
    /** Below this a server of many connections is likely to meet the limit. */
    private static final long FEW_FILES = 65_536;

    /** What listeners here ask for. */
    private static final long BACKLOG = 4096;

    static final String UNKNOWN = "unknown";
    static final String UNLIMITED = "unlimited";

    /**
     * A limit or setting.
     *
     * @param name as people call it
     * @param value what it is, with its unit
     * @param advice what to do about it; empty when all is well
     */
    public record Fact(String name, String value, String advice) {
        Fact(String name, String value) {
            this(name, value, "");
        }
    }

    private final Path root;

    /**
     * @param root {@code /}, or what a test plays it with
     */
    public SystemLimits(Path root) {
        this.root = root;
    }

    /** All of them, in the order to show them. */
    public List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        facts.add(openFiles());
        facts.add(new Fact("locked memory", limit("Max locked memory") + " bytes"));
        facts.add(somaxconn());
        facts.add(ioUring());
        facts.add(seccomp());
        facts.addAll(new ControlGroup(root).facts());
        return facts;
    }

    private Fact openFiles() {
        String limit = limit("Max open files");
        boolean few = isBelow(limit.split(" ", 2)[0], FEW_FILES);
        String advice = few ? "every connection needs one; raise it with ulimit -n" : "";
        return new Fact("open files", limit, advice);
    }

    private Fact somaxconn() {
        String value = line("proc/sys/net/core/somaxconn");
        boolean small = value != null && isBelow(value, BACKLOG);
        String advice = small ? "bounds every backlog; raise it with sysctl" : "";
        return new Fact("somaxconn", value == null ? UNKNOWN : value, advice);
    }

    private Fact ioUring() {
        String value = line("proc/sys/kernel/io_uring_disabled");
        String meaning =
                switch (value == null ? "" : value) {
                    case "0" -> "0, allowed to everybody";
                    case "1" -> "1, allowed to the group in kernel.io_uring_group";
                    case "2" -> "2, allowed to nobody";
                    default -> "no such setting, so not switched off by one";
                };
        return new Fact("io_uring_disabled", meaning);
    }

    private Fact seccomp() {
        Matcher mode = find(Pattern.compile("(?m)^Seccomp:\\s*(\\d)$"), text("proc/self/status"));
        if (mode == null) {
            return new Fact("seccomp", UNKNOWN);
        }
        return switch (mode.group(1)) {
            case "0" -> new Fact("seccomp", "0, no filter");
            case "1" -> new Fact("seccomp", "1, strict");
            default -> new Fact("seccomp", "2, a filter, which may refuse io_uring");
        };
    }

    /** Soft and hard limit, as one line of /proc/self/limits has them. */
    private String limit(String name) {
        Pattern line = Pattern.compile("(?m)^" + name + "\\s+(\\w+)\\s+(\\w+)");
        Matcher limits = find(line, text("proc/self/limits"));
        return limits == null ? UNKNOWN : limits.group(1) + " of at most " + limits.group(2);
    }

    private static boolean isBelow(String value, long bound) {
        return !value.equals(UNLIMITED) && !value.equals(UNKNOWN) && Long.parseLong(value) < bound;
    }

    private static @Nullable Matcher find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher : null;
    }

    private @Nullable String line(String file) {
        String text = text(file).strip();
        return text.isEmpty() ? null : text;
    }

    private String text(String file) {
        String text = textOf(root.resolve(file));
        return text == null ? "" : text;
    }

    /**
     * What the kernel says in a file, or null if there is none. It is read in one piece: of a file
     * below {@code /proc/sys} the kernel gives nothing more to a reader who begins with one byte,
     * which is how {@link Files#readString} finds out whether a file of no length is empty.
     */
    static @Nullable String textOf(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return reader.lines().collect(Collectors.joining("\n"));
        } catch (IOException | UncheckedIOException notThere) {
            return null;
        }
    }
}
