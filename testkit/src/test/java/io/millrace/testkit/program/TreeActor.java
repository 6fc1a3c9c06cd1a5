// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileType;
import io.millrace.file.WalkHandler;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes, renames, removes and lists names in a directory of its own, one after the other, and knows
 * what is there: for each name the content of its file, or that it is a directory. Where a failure
 * came half way, it does not know any more.
 */
final class TreeActor extends FileActor {
    private static final int MOST_OPERATIONS = 50;
    private static final int NAMES = 6;

    /** In place of a content. */
    private static final String DIRECTORY = "/";

    private final TreeMap<String, String> there = new TreeMap<>();

    /** Which file each name is, or was when that was known last. */
    private final Map<String, Integer> ids = new HashMap<>();

    private final Set<String> unknown = new HashSet<>();
    private int contents;

    TreeActor(EventLoop loop, SplittableRandom random, boolean kind, Path own) {
        super(loop, random, kind, own, MOST_OPERATIONS);
    }

    @Override
    void begin() {
        ask(
                "createDirectories",
                false,
                () -> files.createDirectories(own),
                (path, failure) -> {
                    if (failure == null) {
                        goOn();
                    }
                });
    }

    private String name() {
        return "name-" + random.nextInt(NAMES);
    }

    private void goOn() {
        if (left-- == 0) {
            return;
        }
        String name = name();
        switch (random.nextInt(11)) {
            case 0, 1 -> write(name);
            case 2 -> read(name);
            case 3, 4, 5, 6, 7 -> changeIfKnown(name, name());
            case 8 -> list();
            case 9 -> walk();
            default -> temporary();
        }
    }

    private void changeIfKnown(String name, String other) {
        int kind = random.nextInt(5);
        boolean needsOther = kind > 2;
        if (!isKnown(name) || (needsOther && !isKnown(other))) {
            goOn();
            return;
        }
        switch (kind) {
            case 0 -> makeDirectory(name);
            case 1 -> remove(name);
            case 2 -> removeDirectory(name);
            case 3 -> link(name, other);
            default -> {
                if (name.equals(other)) {
                    goOn();
                } else {
                    rename(name, other);
                }
            }
        }
    }

    /** Whether all is known that an operation on these names depends on. */
    private boolean isKnown(String... names) {
        for (String name : names) {
            if (unknown.contains(name)) {
                return false;
            }
        }
        return true;
    }

    /**
     * What came of something that should have succeeded or failed.
     *
     * @param expected what it should have failed with, or null
     * @param done what it has changed if it has succeeded
     */
    private void came(@Nullable Throwable failure, @Nullable ErrorCode expected, Runnable done) {
        if (failure == null) {
            check(expected == null, "no " + expected);
            done.run();
        } else if (kind) {
            ErrorCode code = ((IoException) failure).errorCode();
            check(code == expected, code + ", and not " + expected);
        }
        goOn();
    }

    private void write(String name) {
        String content = "content " + ++contents + "!".repeat(random.nextInt(900));
        boolean isDirectory = DIRECTORY.equals(there.get(name));
        ask(
                "writeAll",
                !isKnown(name) || isDirectory,
                () -> files.writeAll(own.resolve(name), buffer(content.getBytes())),
                (path, failure) -> {
                    if (failure == null) {
                        check(!isKnown(name) || !isDirectory, "a directory was written");
                        forgetLinks(name);
                        there.put(name, content);
                        unknown.remove(name);
                    } else if (!isDirectory) {
                        forgetLinks(name);
                        unknown.add(name);
                    }
                    goOn();
                });
    }

    /** Those that are the same file have its content as well; what that is now, nobody notes. */
    private void forgetLinks(String name) {
        Integer file = ids.get(name);
        if (file == null) {
            ids.put(name, contents);
            return;
        }
        ids.forEach(
                (other, same) -> {
                    if (!other.equals(name) && same.equals(file)) {
                        unknown.add(other);
                    }
                });
    }

    private void read(String name) {
        String content = there.get(name);
        boolean known = isKnown(name);
        boolean isFile = content != null && !content.equals(DIRECTORY);
        ask(
                "readAll",
                !known || !isFile,
                () -> files.readAll(own.resolve(name), 1 << 20),
                (bytes, failure) -> {
                    if (bytes != null && known) {
                        check(new String(bytes).equals(content), name + " holds something else");
                    }
                    goOn();
                });
    }

    /** Something that succeeds or fails by what is known to be there. */
    private void change(
            String what, @Nullable ErrorCode expected, Asking<Path> asking, Runnable done) {
        ask(what, expected != null, asking, (path, failure) -> came(failure, expected, done));
    }

    /**
     * What an operation on a name fails with.
     *
     * @param ofDirectory if that is a directory's; null if it succeeds
     * @param ofFile if that is a file's; null if it succeeds
     */
    private @Nullable ErrorCode refusal(
            String name, @Nullable ErrorCode ofDirectory, @Nullable ErrorCode ofFile) {
        String content = there.get(name);
        if (content == null) {
            return ErrorCode.ENOENT;
        }
        return content.equals(DIRECTORY) ? ofDirectory : ofFile;
    }

    private void makeDirectory(String name) {
        change(
                "createDirectory",
                there.containsKey(name) ? ErrorCode.EEXIST : null,
                () -> files.createDirectory(own.resolve(name)),
                () -> there.put(name, DIRECTORY));
    }

    private void remove(String name) {
        change(
                "remove",
                refusal(name, ErrorCode.EISDIR, null),
                () -> files.remove(own.resolve(name)),
                () -> {
                    there.remove(name);
                    ids.remove(name);
                });
    }

    private void removeDirectory(String name) {
        change(
                "removeDirectory",
                refusal(name, null, ErrorCode.ENOTDIR),
                () -> files.removeDirectory(own.resolve(name)),
                () -> there.remove(name));
    }

    private void rename(String name, String to) {
        boolean replaces = random.nextBoolean();
        boolean isDirectory = DIRECTORY.equals(there.get(name));
        ErrorCode expected = refusal(name, null, null);
        String other = there.get(to);
        if (expected == null && other != null) {
            if (!replaces) {
                expected = ErrorCode.EEXIST;
            } else if (DIRECTORY.equals(other) != isDirectory) {
                expected = isDirectory ? ErrorCode.ENOTDIR : ErrorCode.EISDIR;
            }
        }
        boolean isSame = ids.get(name) != null && ids.get(name).equals(ids.get(to));
        change(
                "rename",
                expected,
                () ->
                        replaces
                                ? files.rename(own.resolve(name), own.resolve(to))
                                : files.renameUnlessThere(own.resolve(name), own.resolve(to)),
                () -> {
                    // Two names of one file both stay, see rename(2).
                    if (!isSame) {
                        there.put(to, Objects.requireNonNull(there.remove(name), name));
                        moveId(name, to);
                    }
                });
    }

    private Integer idOf(String name) {
        return Objects.requireNonNull(ids.get(name), name);
    }

    private void moveId(String name, String to) {
        Integer file = ids.remove(name);
        if (file == null) {
            ids.remove(to);
        } else {
            ids.put(to, file);
        }
    }

    private void link(String name, String further) {
        ErrorCode ofFile = there.containsKey(further) ? ErrorCode.EEXIST : null;
        change(
                "link",
                refusal(name, ErrorCode.EPERM, ofFile),
                () -> files.link(own.resolve(name), own.resolve(further)),
                () -> {
                    there.put(further, Objects.requireNonNull(there.get(name), name));
                    ids.put(further, idOf(name));
                });
    }

    private void list() {
        Set<String> found = new TreeSet<>();
        boolean[] goesOn = {random.nextInt(4) != 0};
        ask(
                "list",
                false,
                () ->
                        files.list(
                                own,
                                batch -> {
                                    check(!batch.isEmpty(), "an empty batch");
                                    batch.forEach(
                                            each -> {
                                                String name = each.name().toString();
                                                check(found.add(name), name + " twice");
                                                checkType(name, each.type());
                                            });
                                    return goesOn[0];
                                }),
                (count, failure) -> {
                    if (count != null) {
                        check(count == found.size(), count + " names told, and not " + found);
                        if (goesOn[0]) {
                            checkNames(found);
                        }
                    }
                    goOn();
                });
    }

    private void checkType(String name, FileType type) {
        if (isKnown(name)) {
            FileType expected =
                    DIRECTORY.equals(there.get(name)) ? FileType.DIRECTORY : FileType.REGULAR;
            check(type == expected, name + " is " + type);
        }
    }

    private void checkNames(Set<String> found) {
        for (String name : found) {
            check(there.containsKey(name) || !isKnown(name), name + " should not be there");
        }
        for (String name : there.keySet()) {
            check(found.contains(name) || !isKnown(name), name + " should be there");
        }
    }

    private void walk() {
        Set<String> found = new TreeSet<>();
        ask(
                "walk",
                false,
                () ->
                        files.walk(
                                own,
                                new WalkHandler() {
                                    @Override
                                    public boolean onEntry(Path path, FileType type) {
                                        if (!path.equals(own)) {
                                            String name = path.getFileName().toString();
                                            check(found.add(name), name + " twice");
                                        }
                                        return true;
                                    }
                                }),
                (count, failure) -> {
                    if (failure == null) {
                        checkNames(found);
                    }
                    goOn();
                });
    }

    /** A file without a name, which is gone when it is closed. */
    private void temporary() {
        ask(
                "openTemporary",
                false,
                () -> AsyncFile.openTemporary(loop, own),
                (file, failure) -> {
                    if (file == null) {
                        // One that has got a name may not have lost it.
                        left = 0;
                        return;
                    }
                    call(
                            "write",
                            once ->
                                    file.write(
                                            buffer(new byte[100]),
                                            (same, buffer, refusal) -> {
                                                once.ended(refusal, false);
                                                file.onClosed(this::goOn);
                                                file.close();
                                            }));
                });
    }

    @Override
    void lookAfterCrash(EventLoop other) {
        // Nothing of it was ever synced: whatever state there was may be there.
    }

    @Override
    public String toString() {
        return "names " + there.keySet() + ", unknown " + unknown;
    }
}
