// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.Check;
import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import io.millrace.file.DirectoryChangeHandler;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes in directories, made by this process without the loop. */
public abstract class DirectoryWatchContract extends FileFixture {
    private static final DirectoryWatchOptions RECURSIVE =
            DirectoryWatchOptions.builder().recursive(true).build();

    /** Changes of the system's own that make it lose some. */
    private static final int RENAMES = 9_000;

    private final List<DirectoryChange> told = new ArrayList<>();

    @BeforeEach
    void needKernel() {
        assumeReal("a directory");
    }

    private void tell(DirectoryWatch watch, DirectoryChange change) {
        told.add(change);
        journal.add(line(change));
    }

    private String line(DirectoryChange change) {
        Path before = change.previousPath();
        return change.kind()
                + " "
                + directory.relativize(change.path())
                + (before == null ? "" : " was " + directory.relativize(before));
    }

    private DirectoryWatch watch(DirectoryWatchOptions options) throws IOException {
        return watch(options, this::tell);
    }

    private DirectoryWatch watch(DirectoryWatchOptions options, DirectoryChangeHandler handler)
            throws IOException {
        List<DirectoryWatch> opened = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        DirectoryWatch.open(loop(), directory, options, handler)
                .whenComplete(
                        (watch, failure) -> {
                            opened.add(watch);
                            if (failure != null) {
                                failures.add(failure);
                            }
                        });
        assertEquals(List.of(), opened, "not on the caller's stack");
        until("opened", () -> !opened.isEmpty());
        assertEquals(List.of(), failures);
        return opened.get(0);
    }

    private static boolean isComplete(DirectoryWatch watch) {
        return watch.kinds().contains(Kind.RENAMED);
    }

    private void untilTold(String line) throws IOException {
        until(line, () -> journal.has(line));
    }

    private void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    @Test
    void eachChangeIsToldWithItsKindAndItsName() throws IOException {
        DirectoryWatch watch = watch(DirectoryWatchOptions.DEFAULT);
        assertEquals(directory, watch.path());
        assertTrue(watch.isActive() && watch.directories() == 1);
        write(path, "text");
        untilTold("CREATED file");
        until("changed", () -> journal.has("MODIFIED file") || journal.has("WRITTEN file"));
        Path other = directory.resolve("other");
        if (isComplete(watch)) {
            untilTold("WRITTEN file");
            Files.move(path, other);
            Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
            Files.delete(other);
            untilTold("DELETED other");
            List<String> lines = journal.lines();
            assertTrue(
                    lines.indexOf("CREATED file") < lines.indexOf("WRITTEN file")
                            && lines.indexOf("WRITTEN file")
                                    < lines.indexOf("RENAMED other was file")
                            && lines.indexOf("RENAMED other was file")
                                    < lines.indexOf("ATTRIBUTES other")
                            && lines.indexOf("ATTRIBUTES other") < lines.indexOf("DELETED other"),
                    lines::toString);
        } else {
            assertFalse(watch.kinds().contains(Kind.WRITTEN));
            Files.move(path, other);
            untilTold("DELETED file");
            untilTold("CREATED other");
            Files.delete(other);
            untilTold("DELETED other");
        }
        watch.close();
        untilDone();
    }

    @Test
    void onlyTheDirectoryItselfIsWatchedUnlessAllBelowIsAskedFor() throws IOException {
        Path below = Files.createDirectory(directory.resolve("below"));
        DirectoryWatch watch = watch(DirectoryWatchOptions.DEFAULT);
        write(below.resolve("unseen"), "");
        write(path, "");
        untilTold("CREATED file");
        settle();
        assertFalse(journal.has("CREATED below/unseen"));
        assertEquals(1, watch.directories());
    }

    /** Each directory is filled before anybody can have looked at it. */
    @Test
    void nothingIsLostInDirectoriesThatAppearAndNothingThatIsNewIsToldTwice() throws IOException {
        Files.createDirectories(directory.resolve("old/er"));
        DirectoryWatch watch = watch(RECURSIVE);
        assertEquals(3, watch.directories());
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Path middle = directory.resolve("old/er/d" + i + "/x");
            Path deep = Files.createDirectories(middle.resolve("y"));
            write(deep.resolve("f"), "");
            write(middle.resolve("g"), "");
            expected.add("CREATED old/er/d" + i);
            expected.add("CREATED old/er/d" + i + "/x");
            expected.add("CREATED old/er/d" + i + "/x/y");
            expected.add("CREATED old/er/d" + i + "/x/y/f");
            expected.add("CREATED old/er/d" + i + "/x/g");
            if (i % 5 == 0) {
                loop().run(RunMode.NOWAIT);
            }
        }
        until("all told", () -> new HashSet<>(journal.lines()).containsAll(expected));
        settle();
        for (String line : expected) {
            assertEquals(1, journal.count(line), line);
        }
        assertEquals(63, watch.directories());
        write(directory.resolve("old/er/d7/x/y/late"), "");
        untilTold("CREATED old/er/d7/x/y/late");
    }

    @Test
    void aTreeThatIsRenamedIsToldByItsNewNamesAndOneThatLeavesNoLonger() throws IOException {
        Path outside = Files.createTempDirectory(directory.getParent(), "outside");
        Files.createDirectories(directory.resolve("a/b"));
        DirectoryWatch watch = watch(RECURSIVE);
        Files.move(directory.resolve("a"), directory.resolve("z"));
        untilTold(isComplete(watch) ? "RENAMED z was a" : "CREATED z");
        until("three watched", () -> watch.directories() == 3);
        write(directory.resolve("z/b/file"), "");
        untilTold("CREATED z/b/file");
        Files.move(directory.resolve("z"), outside.resolve("gone"));
        untilTold("DELETED z");
        until("one watched", () -> watch.directories() == 1);
        write(outside.resolve("gone/b/unseen"), "");
        write(outside.resolve("gone/b/seen"), "");
        settle();
        Files.move(outside.resolve("gone"), directory.resolve("back"));
        untilTold("CREATED back/b/seen");
        untilTold("CREATED back/b/unseen");
        untilTold("CREATED back/b");
        assertFalse(journal.lines().toString().contains("z/b/unseen"), journal.lines()::toString);
        assertEquals(3, watch.directories());
        Files.delete(outside);
    }

    @Test
    void namesThatAreNoTextComeAsTheyAre() throws IOException {
        watch(RECURSIVE);
        String base = directory.toUri().toString().replaceAll("/$", "");
        List<Path> names = new ArrayList<>();
        for (String name : List.of("%FFbad", "line%0Afeed", "x".repeat(255), "%C3%A4")) {
            Path deep = Path.of(URI.create(base + "/" + name));
            Files.createDirectory(deep);
            names.add(deep);
            names.add(deep.resolve(Path.of(URI.create("file:///" + name)).getFileName()));
            Files.createFile(names.get(names.size() - 1));
        }
        until("told", () -> told.stream().map(DirectoryChange::path).toList().containsAll(names));
    }

    @Test
    void aDirectoryThatIsRemovedIsToldOnceAndTheWatchCloses() throws IOException {
        directory = Files.createDirectory(directory.resolve("root"));
        DirectoryWatch watch = watch(RECURSIVE);
        write(directory.resolve("last"), "");
        Files.delete(directory.resolve("last"));
        Files.delete(directory);
        until("closed", watch::isClosed);
        untilDone();
        assertEquals(1, told.stream().filter(each -> each.kind() == Kind.ENDED).count());
        DirectoryChange last = told.get(told.size() - 1);
        IoException why = present(last.failure());
        assertEquals(ErrorCode.ENOENT, why.errorCode());
        assertTrue(String.valueOf(why.getMessage()).contains("removed"), why::getMessage);
        assertTrue(journal.has("DELETED last"), journal.lines()::toString);
    }

    private static <T> T present(@Nullable T value) {
        assertNotNull(value);
        return value;
    }

    @Test
    void aDirectoryThatIsRenamedIsNoLongerWhatWasWatched() throws IOException {
        Path parent = directory;
        directory = Files.createDirectory(parent.resolve("root"));
        DirectoryWatch watch = watch(DirectoryWatchOptions.DEFAULT);
        assumeTrue(isComplete(watch), "the JDK's service does not tell");
        Files.move(directory, parent.resolve("other"));
        until("closed", watch::isClosed);
        IoException why = present(told.get(0).failure());
        assertTrue(String.valueOf(why.getMessage()).contains("another name"), why::getMessage);
        assertEquals(1, told.size());
    }

    @Test
    void whatCannotBeWatchedIsAFailureOfTheStage() throws IOException {
        write(path, "");
        Path missing = directory.resolve("missing");
        for (Path each : List.of(missing, path)) {
            List<Throwable> failures = new ArrayList<>();
            DirectoryWatch.open(loop(), each, RECURSIVE, this::tell)
                    .whenComplete((watch, failure) -> failures.add(failure));
            assertEquals(List.of(), failures, "not on the caller's stack");
            untilDone();
            IoException failure = assertInstanceOf(IoException.class, failures.get(0));
            assertEquals(
                    each == path ? ErrorCode.ENOTDIR : ErrorCode.ENOENT,
                    failure.errorCode(),
                    failure::getMessage);
            assertEquals("watch", failure.operation());
            assertTrue(
                    String.valueOf(failure.getMessage()).contains(each.toString()),
                    failure::getMessage);
        }
        List<Object> handles = new ArrayList<>();
        loop().walk(handles::add);
        assertEquals(List.of(), handles);
    }

    @Test
    void whatTheSystemLosesIsToldAsAnOverflowAndTheTreeIsWatchedAllTheSame() throws IOException {
        Path below = Files.createDirectory(directory.resolve("below"));
        DirectoryWatch watch = watch(RECURSIVE);
        write(path, "");
        Path other = directory.resolve("other");
        for (int i = 0; i < RENAMES; i++) {
            Files.move(i % 2 == 0 ? path : other, i % 2 == 0 ? other : path);
        }
        Path late = Files.createDirectories(below.resolve("late/r"));
        until("overflow", () -> told.stream().anyMatch(each -> each.kind() == Kind.OVERFLOW));
        until("all watched", () -> watch.directories() == 4);
        write(late.resolve("file"), "");
        untilTold("CREATED below/late/r/file");
    }

    @Test
    void aBurstIsToldInShares() throws IOException {
        DirectoryWatch watch = watch(DirectoryWatchOptions.DEFAULT);
        assumeTrue(isComplete(watch), "the JDK's service keeps no such burst");
        for (int i = 0; i < 1_000; i++) {
            Files.move(Files.createFile(directory.resolve("a" + i)), directory.resolve("b" + i));
        }
        int[] inTurn = {0, 0};
        Check.open(loop())
                .start(
                        () -> {
                            inTurn[0] = Math.max(inTurn[0], told.size() - inTurn[1]);
                            inTurn[1] = told.size();
                        });
        untilTold("RENAMED b999 was a999");
        assertTrue(inTurn[0] <= 256, () -> inTurn[0] + " in one turn");
    }

    /** As an editor that keeps what was there until the new file is written. */
    @Test
    void aSaveByRenameIsOneChangeIfThatIsAskedFor() throws IOException {
        write(path, "old");
        Path kept = directory.resolve("file~");
        DirectoryWatchOptions options =
                DirectoryWatchOptions.builder().debounce(Duration.ofMillis(30)).build();
        watch(options);
        write(directory.resolve("4913"), "");
        Files.delete(directory.resolve("4913"));
        Files.move(path, kept);
        write(path, "new");
        Files.delete(kept);
        untilTold("MODIFIED file");
        write(directory.resolve(".file.XyZ"), "newer");
        Files.move(directory.resolve(".file.XyZ"), path, StandardCopyOption.REPLACE_EXISTING);
        until("told", () -> told.size() == 2);
        settle();
        assertEquals(2, told.size(), journal.lines()::toString);
        assertEquals(path, told.get(1).path());
    }

    @Test
    void nothingIsToldAfterACloseInTheCallback() throws IOException {
        List<DirectoryChange> seen = new ArrayList<>();
        DirectoryWatch watch =
                watch(
                        RECURSIVE,
                        (same, change) -> {
                            seen.add(change);
                            same.close();
                        });
        Files.createDirectories(directory.resolve("a/b/c"));
        write(path, "");
        until("closed", watch::isClosed);
        untilDone();
        assertEquals(1, seen.size());
    }

    @Test
    void whatAHandlerThrowsClosesTheWatch() throws IOException {
        rig().allowUncaught();
        RuntimeException thrown = new IllegalStateException("on purpose");
        DirectoryWatch watch =
                watch(
                        DirectoryWatchOptions.DEFAULT,
                        (same, change) -> {
                            throw thrown;
                        });
        write(path, "");
        until("closed", watch::isClosed);
        assertEquals(List.of(thrown), rig().takeUncaught());
    }

    @Test
    void aFileThatIsWrittenToIsToldAgain() throws IOException {
        write(path, "");
        watch(DirectoryWatchOptions.DEFAULT);
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.APPEND)) {
            out.write('a');
            untilTold("MODIFIED file");
            int before = told.size();
            settle();
            out.write('b');
            until("told again", () -> told.size() > before);
        }
    }
}
