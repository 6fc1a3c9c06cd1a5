// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileType;
import io.millrace.spi.Code;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files by the kernel's calls, some of whose answers the test gives. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the calls are Linux's")
class LibcFileCallsTest {
    @TempDir Path directory;

    /** By the name of the call: what it answers instead, in turn. */
    private final Map<String, Queue<Number>> answers = new HashMap<>();

    /** What the test makes of what getdents64(2) has answered. */
    private interface Listing {
        Object told(Object result, Object[] arguments);
    }

    /** Where the fields of {@code struct linux_dirent64} lie. */
    private static final int LENGTH = 16;

    private static final int TYPE = 18;

    private static final Map<String, FileType> NAMES =
            new TreeMap<>(
                    Map.of(
                            "file",
                            FileType.REGULAR,
                            "sub",
                            FileType.DIRECTORY,
                            "link",
                            FileType.SYMBOLIC_LINK));

    private Listing listing = (result, arguments) -> result;
    private final Map<String, Integer> made = new HashMap<>();
    private final Question question = new Question();
    private final FileAnswer answer = new FileAnswer();
    private LibcFileCalls files;
    private Path path;

    /** Asks what the test wants to know. */
    private static final class Question extends FileRequest {
        void open(Path of, StandardOpenOption... how) {
            askOpen(of, Set.of(how));
        }

        void openWithoutWaiting(Path of) {
            askOpen(of, Set.of(StandardOpenOption.READ), OPEN_NONBLOCKING);
        }

        void transfer(Operation which, OpenFile of, ByteBuffer with) {
            askTransfer(which, of, with, 0, with.capacity(), 0);
        }

        void copy(OpenFile of, long at, OpenFile into, long atTarget, long bytes) {
            askCopy(of, at, into, atTarget, bytes);
        }

        void paths(Path of, Path to, int flags) {
            askOfPaths(Operation.RENAME, of, to, flags);
        }

        void of(Operation which, Path of) {
            of(which, of, 0);
        }

        void of(Operation which, Path of, int flags) {
            askOfPath(which, of, flags);
        }

        void of(Operation which, OpenFile of) {
            askStretch(which, of, 0, 100, 0);
        }

        @Override
        public void onEnded(long result) {
            throw new AssertionError("carried out by a call");
        }
    }

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        LibcFileSystemCalls real = new LibcFileSystemCalls();
        FileSystemCalls calls =
                (FileSystemCalls)
                        Proxy.newProxyInstance(
                                LibcFileCallsTest.class.getClassLoader(),
                                new Class<?>[] {FileSystemCalls.class},
                                (proxy, method, arguments) -> {
                                    made.merge(method.getName(), 1, Integer::sum);
                                    Queue<Number> given = answers.get(method.getName());
                                    Number next = given == null ? null : given.poll();
                                    if (next != null) {
                                        return method.getReturnType() == long.class
                                                ? (Object) next.longValue()
                                                : (Object) next.intValue();
                                    }
                                    try {
                                        Object result = method.invoke(real, arguments);
                                        return method.getName().equals("getdents")
                                                ? listing.told(result, arguments)
                                                : result;
                                    } catch (InvocationTargetException thrown) {
                                        throw thrown.getCause();
                                    }
                                });
        files =
                new LibcFileCalls(
                        calls,
                        new LibcSystemCalls(Libc.functions(), Platform.current().errors()),
                        Platform.current().constants());
    }

    private void answer(String call, Number... with) {
        answers.put(call, new ArrayDeque<>(Arrays.asList(with)));
    }

    private OpenFile opened(Path of, StandardOpenOption... how) throws IOException {
        question.open(of, how);
        assertEquals(Code.OK, files.carryOut(question, answer));
        OpenFile file = answer.opened;
        assertNotNull(file);
        return file;
    }

    private long carryOut() throws IOException {
        return files.carryOut(question, answer);
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFifoIsOpenedWithoutWaitingForAWriter() throws Exception {
        Process making = new ProcessBuilder("mkfifo", path.toString()).start();
        assertEquals(0, making.waitFor(), "mkfifo");
        question.openWithoutWaiting(path);
        assertEquals(Code.OK, carryOut());
        try (OpenFile fifo = answer.opened) {
            assertNotNull(fifo);
            assertEquals(FileType.FIFO, attributes().type());
        }
    }

    @Test
    void onlyTheOpeningDoesNotWait() throws IOException {
        Files.write(path, new byte[7]);
        question.openWithoutWaiting(path);
        assertEquals(Code.OK, carryOut());
        try (OpenFile file = answer.opened) {
            assertNotNull(file);
            assertEquals(FileType.REGULAR, attributes().type());
            assertEquals(7, attributes().size());
            Path told = Path.of("/proc/self/fdinfo", Integer.toString(file.descriptor()));
            String flags =
                    Files.readAllLines(told).stream()
                            .filter(line -> line.startsWith("flags:"))
                            .findFirst()
                            .orElseThrow()
                            .substring("flags:".length())
                            .trim();
            int withoutWaiting = Platform.current().constants().openNonblock;
            assertEquals(0, Integer.parseInt(flags, 8) & withoutWaiting, flags);
        }
    }

    @Test
    void whatCannotBeLookedAtIsAskedForLater() throws IOException {
        Files.write(path, new byte[7]);
        answer("statx", Code.IO_ERROR);
        question.openWithoutWaiting(path);
        assertEquals(Code.OK, carryOut());
        try (OpenFile file = answer.opened) {
            assertNotNull(file);
            assertNull(answer.attributes);
        }
    }

    @Test
    void whatASignalInterruptsIsMadeAgain() throws IOException {
        answer("open", Code.INTERRUPTED, Code.INTERRUPTED);
        try (OpenFile file = opened(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            assertEquals(3, made.get("open"));
            answer("pwrite", Code.INTERRUPTED);
            question.transfer(FileRequest.Operation.WRITE, file, ByteBuffer.allocateDirect(10));
            assertEquals(10, carryOut());
            answer("fsync", Code.INTERRUPTED);
            question.of(FileRequest.Operation.SYNC, file);
            assertEquals(Code.OK, carryOut());
        }
        answer("getdents", Code.INTERRUPTED);
        assertEquals(Map.of("file", FileType.REGULAR), names());
    }

    @Test
    void whatTheDeviceRefusesIsTheAnswer() throws IOException {
        try (OpenFile file = opened(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            for (int code : new int[] {Code.NO_SPACE, Code.QUOTA_EXCEEDED, Code.IO_ERROR, 3}) {
                answer("pwrite", code);
                question.transfer(FileRequest.Operation.WRITE, file, ByteBuffer.allocateDirect(10));
                assertEquals(code, carryOut());
            }
            answer("ftruncate", Code.FILE_TOO_LARGE);
            question.of(FileRequest.Operation.TRUNCATE, file);
            assertEquals(Code.FILE_TOO_LARGE, carryOut());
        }
    }

    @Test
    void aCopyThatTheKernelRefusesGoesThroughMemory() throws IOException {
        byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        Files.write(path, content);
        Path other = directory.resolve("other");
        try (OpenFile from = opened(path, StandardOpenOption.READ);
                OpenFile to = opened(other, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            for (int code :
                    new int[] {
                        Code.CROSS_DEVICE,
                        Code.INVALID_ARGUMENT,
                        Code.NOT_IMPLEMENTED,
                        Code.NOT_SUPPORTED
                    }) {
                answer("copyFileRange", code);
                answer("pwrite", Code.NO_SPACE);
                question.copy(from, 10, to, 0, 199_990);
                assertEquals(Code.NO_SPACE, carryOut());
                answer("copyFileRange", code);
                question.copy(from, 10, to, 0, 199_990);
                assertEquals(199_990, carryOut());
                assertArrayEquals(
                        Arrays.copyOfRange(content, 10, 200_000), Files.readAllBytes(other));
            }
            answer("copyFileRange", Code.IO_ERROR);
            question.copy(from, 0, to, 0, 10);
            assertEquals(Code.IO_ERROR, carryOut());
        }
    }

    /** Through memory it would copy what it has just written. */
    @Test
    void stretchesOfOneFileThatOverlapAreNotCopiedWhateverItsHandlesAre() throws IOException {
        byte[] content = new byte[100_000];
        new Random(1).nextBytes(content);
        Files.write(path, content);
        Path link = Files.createLink(directory.resolve("link"), path);
        try (OpenFile from = opened(path, StandardOpenOption.READ);
                OpenFile to = opened(link, StandardOpenOption.WRITE)) {
            question.copy(from, 0, to, 10, 90_000);
            assertEquals(Code.INVALID_ARGUMENT, carryOut());
            assertArrayEquals(content, Files.readAllBytes(path));
            for (int code :
                    new int[] {Code.CROSS_DEVICE, Code.NOT_IMPLEMENTED, Code.NOT_SUPPORTED}) {
                answer("copyFileRange", code);
                question.copy(from, 0, to, 10, 90_000);
                assertEquals(Code.INVALID_ARGUMENT, carryOut());
                assertArrayEquals(content, Files.readAllBytes(path));
            }
            question.copy(from, 0, to, 50_000, 50_000);
            assertEquals(50_000, carryOut());
        }
    }

    @Test
    void aLinkToADirectoryIsOpenedOnlyIfThatWillDo() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        FileRequest.Operation which = FileRequest.Operation.OPEN_DIRECTORY;
        question.of(which, link, FileRequest.OPEN_NO_FOLLOW);
        assertTrue(Set.of(Code.NOT_A_DIRECTORY, Code.LINK_LOOP).contains((int) carryOut()));
        for (int flags : new int[] {0, FileRequest.OPEN_NO_FOLLOW}) {
            question.of(which, flags == 0 ? link : directory, flags);
            assertEquals(Code.OK, carryOut());
            OpenFile opened = answer.opened;
            assertNotNull(opened);
            opened.close();
        }
    }

    @Test
    void aFileSystemThatTellsNoTypesIsAskedForEach() throws IOException {
        makeNames();
        listing =
                (result, arguments) -> {
                    NativeMemory memory = (NativeMemory) arguments[1];
                    int at = 0;
                    while (at < (long) result) {
                        memory.putByte(at + TYPE, (byte) 0);
                        at += Short.toUnsignedInt(memory.getShort(at + LENGTH));
                    }
                    return result;
                };
        assertEquals(NAMES, names());
    }

    /** As a network's file system, of which each answer has few. */
    @Test
    void aDirectoryThatComesNameByNameIsReadToItsEnd() throws IOException {
        makeNames();
        ArrayDeque<byte[]> untold = new ArrayDeque<>();
        listing =
                (result, arguments) -> {
                    NativeMemory memory = (NativeMemory) arguments[1];
                    int at = 0;
                    while (at < (long) result) {
                        byte[] entry = new byte[Short.toUnsignedInt(memory.getShort(at + LENGTH))];
                        for (int i = 0; i < entry.length; i++) {
                            entry[i] = memory.getByte(at + i);
                        }
                        untold.add(entry);
                        at += entry.length;
                    }
                    byte[] next = untold.poll();
                    for (int i = 0; next != null && i < next.length; i++) {
                        memory.putByte(i, next[i]);
                    }
                    return next == null ? 0L : (long) next.length;
                };
        assertEquals(NAMES, names());
    }

    @Test
    void aDirectoryThatCannotBeReadToItsEndSaysWhy() throws IOException {
        question.of(FileRequest.Operation.OPEN_DIRECTORY, directory);
        assertEquals(Code.OK, carryOut());
        OpenFile opened = answer.opened;
        assertNotNull(opened);
        try (opened) {
            for (int code : new int[] {Code.NO_SUCH_FILE, Code.IO_ERROR, Code.STALE}) {
                answer("getdents", Code.INTERRUPTED, code);
                question.of(FileRequest.Operation.READ_DIRECTORY, opened);
                assertEquals(code, carryOut());
            }
        }
    }

    /** Then the JDK has to do, whose directories tell no types but can be asked. */
    @Test
    void whatAnOldLibraryDoesNotHaveTheJdkDoes() throws IOException {
        makeNames();
        answer("getdents", Code.NOT_IMPLEMENTED);
        assertEquals(NAMES, names());
        assertEquals(1, made.get("getdents"), "once it is known");
        answer("statx", Code.NOT_IMPLEMENTED, Code.NOT_IMPLEMENTED);
        Path file = directory.resolve("file");
        question.of(FileRequest.Operation.STATUS, file);
        assertEquals(Code.OK, carryOut());
        question.of(FileRequest.Operation.LINK_STATUS, directory.resolve("link"));
        assertEquals(Code.OK, carryOut());
        assertTrue(attributes().isSymbolicLink());
        try (OpenFile opened = opened(file, StandardOpenOption.READ)) {
            Files.write(file, new byte[7]);
            Files.move(file, directory.resolve("moved"));
            answer("statx", Code.NOT_IMPLEMENTED, Code.NOT_IMPLEMENTED);
            question.of(FileRequest.Operation.SIZE, opened);
            assertEquals(7, carryOut());
            question.of(FileRequest.Operation.STATUS_OF_FILE, opened);
            assertEquals(Code.OK, carryOut());
            assertEquals(7, attributes().size());
        }
    }

    private FileAttributes attributes() {
        FileAttributes found = answer.attributes;
        assertNotNull(found);
        return found;
    }

    @Test
    void anOldKernelsRenameDoesNotReplaceEither() throws IOException {
        Files.writeString(path, "one");
        Path other = Files.writeString(directory.resolve("other"), "two");
        answer("rename", Code.NOT_IMPLEMENTED, Code.NOT_IMPLEMENTED);
        question.paths(path, other, FileRequest.RENAME_NO_REPLACE);
        assertEquals(Code.EXISTS, carryOut());
        assertEquals("two", Files.readString(other));
        question.paths(path, other, 0);
        assertEquals(Code.OK, carryOut());
        assertEquals("one", Files.readString(other));
    }

    @Test
    void whatIsAtHandIsReadAndWhatTheKernelDoesNotKnowIsNotAnError() throws IOException {
        Files.write(path, new byte[] {1, 2, 3, 4});
        try (OpenFile file = opened(path, StandardOpenOption.READ)) {
            ByteBuffer into = ByteBuffer.allocateDirect(10);
            long read = files.readAtHand(file, into, 2, 5, 1);
            assertTrue(read == 3 || read == Code.WOULD_BLOCK || read == Code.NOT_SUPPORTED);
            if (read == 3) {
                assertEquals(ByteBuffer.wrap(new byte[] {0, 0, 2, 3, 4, 0}), into.slice(0, 6));
                assertEquals(0, files.readAtHand(file, into, 0, 5, 4));
            }
            answer("preadv2", Code.INTERRUPTED, Code.NOT_IMPLEMENTED, 1);
            assertEquals(Code.WOULD_BLOCK, files.readAtHand(file, into, 0, 5, 0));
            assertEquals(Code.NOT_IMPLEMENTED, files.readAtHand(file, into, 0, 5, 0));
            assertEquals(1, files.readAtHand(file, into, 0, 5, 0));
        }
    }

    private void makeNames() throws IOException {
        Files.writeString(directory.resolve("file"), "");
        Files.createDirectory(directory.resolve("sub"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
    }

    private Map<String, FileType> names() throws IOException {
        question.of(FileRequest.Operation.OPEN_DIRECTORY, directory);
        assertEquals(Code.OK, carryOut());
        OpenFile opened = answer.opened;
        assertNotNull(opened);
        Map<String, FileType> names = new TreeMap<>();
        try (opened) {
            List<DirectoryEntry> batch = new ArrayList<>();
            do {
                question.of(FileRequest.Operation.READ_DIRECTORY, opened);
                assertEquals(Code.OK, carryOut());
                question.answerWith(answer.value);
                batch = question.answeredEntries();
                batch.forEach(each -> names.put(each.name().toString(), each.type()));
            } while (!batch.isEmpty());
        }
        return names;
    }
}
