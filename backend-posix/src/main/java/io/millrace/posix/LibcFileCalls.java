// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileSystemStatus;
import io.millrace.file.FileType;
import io.millrace.spi.Code;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileVector;
import io.millrace.spi.JavaFileCalls;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Operations on files by Linux's own calls, on open files that have descriptors. What the JDK does
 * just as well, on paths, it does. Any thread.
 */
final class LibcFileCalls implements FileCalls {
    private static final class Instance {
        static final LibcFileCalls ONLY =
                new LibcFileCalls(
                        new LibcFileSystemCalls(),
                        LibcSystemCalls.instance(),
                        Platform.current().constants());
    }

    /** What a copy is read into where the kernel does not do it alone, and what a vector needs. */
    private static final int SCRATCH_BYTES = 64 << 10;

    private static final int MOST_IDLE = 64;
    private static final int VECTOR_ENTRY_BYTES = 16;
    private static final int REMOVE_DIRECTORY = 0x200;

    /** RWF_NOWAIT, see preadv2(2). */
    private static final int NO_WAIT = 8;

    /** More than there are processors, so that threads seldom meet; a power of two. */
    private static final int VECTORS = 64;

    /** References from one to the next: more than a cache line, which processors would share. */
    private static final int VECTORS_APART = 16;

    private final FileSystemCalls calls;
    private final SystemCalls systemCalls;
    private final SocketConstants constants;
    private final ConcurrentLinkedQueue<NativeMemory> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable NativeMemory> vectors =
            new AtomicReferenceArray<>((VECTORS + 1) * VECTORS_APART);

    LibcFileCalls(FileSystemCalls calls, SystemCalls systemCalls, SocketConstants constants) {
        this.calls = calls;
        this.systemCalls = systemCalls;
        this.constants = constants;
    }

    /** The process's one where there is one: on Linux; elsewhere the JDK's. */
    static FileCalls instance() {
        return OperatingSystem.current() == OperatingSystem.LINUX
                ? Instance.ONLY
                : JavaFileCalls.ONLY;
    }

    @Override
    public long carryOut(FileRequest request, FileAnswer answer) throws IOException {
        long result;
        do {
            result = once(request, answer);
        } while (result == Code.INTERRUPTED && !closes(request));
        return result == Code.INTERRUPTED ? Code.OK : result;
    }

    /** Then the descriptor is gone all the same, see close(2). */
    private static boolean closes(FileRequest request) {
        return request.operation() == FileRequest.Operation.CLOSE
                || request.operation() == FileRequest.Operation.CLOSE_DIRECTORY;
    }

    private long once(FileRequest request, FileAnswer answer) throws IOException {
        return switch (request.operation()) {
            case STATUS, LINK_STATUS, STATUS_OF_FILE -> status(request, answer);
            case OPEN -> open(request, answer);
            case OPEN_DIRECTORY -> openDirectory(request, answer);
            case READ_DIRECTORY -> {
                yield ((LibcDirectory) request.file()).next(request.length(), answer);
            }
            case CLOSE, CLOSE_DIRECTORY -> {
                request.file().close();
                yield Code.OK;
            }
            case READ_VECTOR, WRITE_VECTOR -> transfer(request);
            case COPY -> copy(request);
            case MAKE_DIRECTORY ->
                    calls.mkdir(FileNames.zeroTerminated(request.path()), request.flags());
            case REMOVE -> calls.unlink(FileNames.zeroTerminated(request.path()), 0);
            case REMOVE_DIRECTORY ->
                    calls.unlink(FileNames.zeroTerminated(request.path()), REMOVE_DIRECTORY);
            case RENAME -> rename(request, answer);
            case FILE_SYSTEM -> fileSystem(request.path(), answer);
            case ACCESS,
                    LINK,
                    SYMBOLIC_LINK,
                    READ_LINK,
                    REAL_PATH,
                    SET_MODE,
                    SET_OWNER,
                    SET_TIMES ->
                    JavaFileCalls.ONLY.carryOut(request, answer);
            default -> ofDescriptor(request);
        };
    }

    @Override
    public long readAtHand(OpenFile file, ByteBuffer into, int from, int to, long position) {
        int number = Thread.currentThread().hashCode() & (VECTORS - 1);
        int place = (number + 1) * VECTORS_APART;
        NativeMemory idleVector = vectors.getAndSet(place, null);
        NativeMemory vector =
                idleVector == null ? NativeMemory.allocate(VECTOR_ENTRY_BYTES) : idleVector;
        try {
            vector.putLong(0, Libc.addressOf(into) + from);
            vector.putLong(Long.BYTES, to - from);
            long result = calls.preadv2(file.descriptor(), vector, 1, position, NO_WAIT);
            return result == Code.INTERRUPTED ? Code.WOULD_BLOCK : result;
        } finally {
            Reference.reachabilityFence(into);
            vectors.set(place, vector);
        }
    }

    private long ofDescriptor(FileRequest request) throws IOException {
        int fd = request.file().descriptor();
        return switch (request.operation()) {
            case READ -> calls.pread(fd, addressOf(request), length(request), request.position());
            case WRITE -> calls.pwrite(fd, addressOf(request), length(request), request.position());
            case SYNC -> calls.fsync(fd);
            case SYNC_DATA -> calls.fdatasync(fd);
            case SIZE -> sizeOf(fd);
            case TRUNCATE -> calls.ftruncate(fd, request.position());
            case ALLOCATE -> calls.fallocate(fd, 0, request.position(), request.length());
            case ADVISE -> calls.fadvise(fd, request.position(), request.length(), request.flags());
            default -> throw new AssertionError(request.operation());
        };
    }

    private static long addressOf(FileRequest request) {
        return Libc.addressOf(request.buffer()) + request.from();
    }

    private static int length(FileRequest request) {
        return request.to() - request.from();
    }

    private long sizeOf(int fd) throws IOException {
        NativeMemory into = borrow();
        try {
            long result = statusOf(fd, into);
            if (result == Code.NOT_IMPLEMENTED) {
                return JavaFileCalls.attributes(ofDescriptor(fd)).size();
            }
            return result < 0 ? result : into.getLong(StatusLayout.SIZE);
        } finally {
            giveBack(into);
        }
    }

    private long statusOf(int fd, NativeMemory into) {
        NativeMemory nothing = NativeMemory.allocate(1);
        return calls.statx(fd, nothing, StatusLayout.EMPTY_PATH, StatusLayout.WANTED, into);
    }

    /** For a libc that has no statx(2), such as that of Linux distributions before 2018. */
    private static Path ofDescriptor(int fd) {
        return Path.of("/proc/self/fd", Integer.toString(fd));
    }

    private static long statusWithoutStatx(FileRequest request, FileAnswer answer)
            throws IOException {
        if (request.operation() != FileRequest.Operation.STATUS_OF_FILE) {
            return JavaFileCalls.ONLY.carryOut(request, answer);
        }
        answer.attributes = JavaFileCalls.attributes(ofDescriptor(request.file().descriptor()));
        return Code.OK;
    }

    private long status(FileRequest request, FileAnswer answer) throws IOException {
        NativeMemory into = borrow();
        try {
            long result =
                    switch (request.operation()) {
                        case STATUS_OF_FILE -> statusOf(request.file().descriptor(), into);
                        case STATUS -> statusOf(request.path(), 0, into);
                        default -> statusOf(request.path(), StatusLayout.NO_FOLLOW, into);
                    };
            if (result == Code.NOT_IMPLEMENTED) {
                return statusWithoutStatx(request, answer);
            }
            if (result == Code.OK) {
                answer.attributes = StatusLayout.attributes(into);
            }
            return result;
        } finally {
            giveBack(into);
        }
    }

    private long statusOf(Path path, int flags, NativeMemory into) throws IOException {
        return calls.statx(-1, FileNames.zeroTerminated(path), flags, StatusLayout.OF_PATH, into);
    }

    private long open(FileRequest request, FileAnswer answer) throws IOException {
        int flags = OpenFlags.of(request, constants, Processor.current());
        int fd =
                calls.open(
                        FileNames.zeroTerminated(request.path()), flags, OpenFlags.mode(request));
        if (fd < 0) {
            return fd;
        }
        try {
            if ((request.flags() & FileRequest.OPEN_NONBLOCKING) != 0) {
                lookAt(fd, answer);
            }
            answer.opened = new LibcFile(systemCalls, fd);
        } catch (Throwable failure) {
            systemCalls.close(fd);
            throw failure;
        }
        return Code.OK;
    }

    /** What was opened without waiting waits as any other from now on; and what is it? */
    private void lookAt(int fd, FileAnswer answer) {
        systemCalls.setBlocking(fd);
        NativeMemory into = borrow();
        try {
            if (statusOf(fd, into) == Code.OK) {
                answer.attributes = StatusLayout.attributes(into);
            }
        } finally {
            giveBack(into);
        }
    }

    private long openDirectory(FileRequest request, FileAnswer answer) throws IOException {
        int flags = constants.openCloexec | OpenFlags.directory(Processor.current());
        if ((request.flags() & FileRequest.OPEN_NO_FOLLOW) != 0) {
            flags |= OpenFlags.noFollow(Processor.current());
        }
        int fd = calls.open(FileNames.zeroTerminated(request.path()), flags, 0);
        if (fd < 0) {
            return fd;
        }
        answer.opened = new LibcDirectory(fd);
        return Code.OK;
    }

    private long transfer(FileRequest request) {
        FileVector vector = request.vector();
        int count = Math.min(vector.count(), SCRATCH_BYTES / VECTOR_ENTRY_BYTES);
        NativeMemory entries = borrow();
        try {
            fill(entries, vector, count);
            int fd = request.file().descriptor();
            return request.operation() == FileRequest.Operation.READ_VECTOR
                    ? calls.preadv(fd, entries, count, request.position())
                    : calls.pwritev(fd, entries, count, request.position());
        } finally {
            giveBack(entries);
        }
    }

    /** Writes a {@code struct iovec} for each stretch, see readv(2). */
    private static void fill(NativeMemory entries, FileVector vector, int count) {
        for (int i = 0; i < count; i++) {
            int at = i * VECTOR_ENTRY_BYTES;
            entries.putLong(at, Libc.addressOf(vector.buffer(i)) + vector.from(i));
            entries.putLong(at + Long.BYTES, vector.to(i) - vector.from(i));
        }
    }

    private long copy(FileRequest request) {
        NativeMemory memory = borrow();
        try {
            memory.putLong(0, request.position());
            memory.putLong(Long.BYTES, request.targetPosition());
            int from = request.file().descriptor();
            int to = request.targetFile().descriptor();
            long result = calls.copyFileRange(from, to, memory, request.length());
            if (!isRefused(result)) {
                return result;
            }
            return result != 0 && overlaps(request, memory)
                    ? Code.INVALID_ARGUMENT
                    : copyThroughMemory(request, memory);
        } finally {
            giveBack(memory);
        }
    }

    /** Whether it is one file, whose bytes would be overwritten before they are read. */
    private boolean overlaps(FileRequest request, NativeMemory into) {
        if (Math.abs(request.position() - request.targetPosition()) >= request.length()
                || statusOf(request.file().descriptor(), into) < 0) {
            return false;
        }
        FileAttributes source = StatusLayout.attributes(into);
        return statusOf(request.targetFile().descriptor(), into) == Code.OK
                && source.isSameFile(StatusLayout.attributes(into));
    }

    /**
     * Not between such file systems, or not from such a file: of one that is made as it is read,
     * such as those in /proc, the kernel copies nothing, and answers that this was the end.
     */
    private static boolean isRefused(long result) {
        return result == Code.CROSS_DEVICE
                || result == Code.INVALID_ARGUMENT
                || result == Code.NOT_IMPLEMENTED
                || result == Code.NOT_SUPPORTED
                || result == 0;
    }

    private long copyThroughMemory(FileRequest request, NativeMemory memory) {
        long done = 0;
        while (done < request.length()) {
            int wanted = (int) Math.min(memory.size(), request.length() - done);
            long read =
                    memory.keptFor(
                            calls.pread(
                                    request.file().descriptor(),
                                    memory.address(),
                                    wanted,
                                    request.position() + done));
            long written = read <= 0 ? read : writeAll(request, memory, (int) read, done);
            if (written <= 0) {
                return done == 0 ? written : done;
            }
            done += written;
        }
        return done;
    }

    /** Bytes, or a code if there is none. */
    private long writeAll(FileRequest request, NativeMemory memory, int count, long before) {
        int done = 0;
        while (done < count) {
            int result =
                    memory.keptFor(
                            calls.pwrite(
                                    request.targetFile().descriptor(),
                                    memory.address(done),
                                    count - done,
                                    request.targetPosition() + before + done));
            if (result <= 0) {
                return done == 0 ? result : done;
            }
            done += result;
        }
        return done;
    }

    private long rename(FileRequest request, FileAnswer answer) throws IOException {
        int result =
                calls.rename(
                        FileNames.zeroTerminated(request.path()),
                        FileNames.zeroTerminated(request.target()),
                        request.flags());
        return result == Code.NOT_IMPLEMENTED
                ? JavaFileCalls.ONLY.carryOut(request, answer)
                : result;
    }

    /** The fields of {@code struct statvfs}, all of 64 bits, see statvfs(3). */
    private long fileSystem(Path path, FileAnswer answer) throws IOException {
        NativeMemory into = borrow();
        try {
            int result = calls.statvfs(FileNames.zeroTerminated(path), into);
            if (result == Code.OK) {
                long unit = into.getLong(8);
                answer.value =
                        new FileSystemStatus(
                                into.getLong(16) * unit,
                                into.getLong(24) * unit,
                                into.getLong(32) * unit,
                                into.getLong(0),
                                into.getLong(40),
                                into.getLong(48),
                                (into.getLong(72) & 1) != 0);
            }
            return result;
        } finally {
            giveBack(into);
        }
    }

    private NativeMemory borrow() {
        NativeMemory memory = idle.poll();
        if (memory == null) {
            return NativeMemory.allocate(SCRATCH_BYTES);
        }
        idleCount.decrementAndGet();
        return memory;
    }

    private void giveBack(NativeMemory memory) {
        if (idleCount.incrementAndGet() <= MOST_IDLE) {
            idle.add(memory);
        } else {
            idleCount.decrementAndGet();
        }
    }

    /** Asks the JDK about an open directory. */
    private static final class Delegated extends FileRequest {
        static OpenFile open(int fd) throws IOException {
            Delegated question = new Delegated();
            FileAnswer answer = new FileAnswer();
            question.askOfPath(Operation.OPEN_DIRECTORY, ofDescriptor(fd), 0);
            JavaFileCalls.ONLY.carryOut(question, answer);
            return Objects.requireNonNull(answer.opened);
        }

        static long next(OpenFile directory, long most, FileAnswer answer) throws IOException {
            Delegated question = new Delegated();
            question.askStretch(Operation.READ_DIRECTORY, directory, 0, most, 0);
            return JavaFileCalls.ONLY.carryOut(question, answer);
        }

        @Override
        public void onEnded(long result) {
            throw new AssertionError("carried out by a call");
        }
    }

    /** An open directory, read in batches of as much as fits into the memory. */
    private final class LibcDirectory implements OpenFile {
        /** Where the fields of {@code struct linux_dirent64} lie, see getdents64(2). */
        private static final int LENGTH = 16;

        private static final int TYPE = 18;
        private static final int NAME = 19;

        private int fd;

        /** The same directory, where this libc cannot read it: that of glibc cannot before 2.30. */
        private @Nullable OpenFile byJdk;

        LibcDirectory(int fd) {
            this.fd = fd;
        }

        long next(long most, FileAnswer answer) throws IOException {
            if (byJdk != null) {
                return Delegated.next(byJdk, most, answer);
            }
            List<DirectoryEntry> entries = new ArrayList<>();
            NativeMemory memory = borrow();
            try {
                long bytes;
                do {
                    do {
                        bytes = calls.getdents(fd, memory);
                    } while (bytes == Code.INTERRUPTED);
                    if (bytes == Code.NOT_IMPLEMENTED) {
                        byJdk = Delegated.open(fd);
                        return Delegated.next(byJdk, most, answer);
                    }
                    if (bytes < 0) {
                        return bytes;
                    }
                    addAll(memory, (int) bytes, entries);
                } while (bytes > 0 && entries.isEmpty());
            } finally {
                giveBack(memory);
            }
            answer.value = entries;
            return Code.OK;
        }

        private void addAll(NativeMemory memory, int bytes, List<DirectoryEntry> into) {
            int at = 0;
            while (at < bytes) {
                int length = Short.toUnsignedInt(memory.getShort(at + LENGTH));
                byte[] name = nameAt(memory, at + NAME);
                if (!isDots(name)) {
                    into.add(
                            new DirectoryEntry(
                                    FileNames.path(name), typeOf(memory.getByte(at + TYPE), name)));
                }
                at += length;
            }
        }

        private static byte[] nameAt(NativeMemory memory, int start) {
            int end = start;
            while (memory.getByte(end) != 0) {
                end++;
            }
            byte[] name = new byte[end - start];
            for (int i = 0; i < name.length; i++) {
                name[i] = memory.getByte(start + i);
            }
            return name;
        }

        private static boolean isDots(byte[] name) {
            return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
        }

        /** As DT_ of dirent.h; some file systems leave it to be asked for. */
        private FileType typeOf(byte type, byte[] name) {
            return switch (type) {
                case 1 -> FileType.FIFO;
                case 2 -> FileType.CHARACTER_DEVICE;
                case 4 -> FileType.DIRECTORY;
                case 6 -> FileType.BLOCK_DEVICE;
                case 8 -> FileType.REGULAR;
                case 10 -> FileType.SYMBOLIC_LINK;
                case 12 -> FileType.SOCKET;
                case 0 -> askedType(name);
                default -> FileType.OTHER;
            };
        }

        private FileType askedType(byte[] name) {
            NativeMemory path = NativeMemory.allocate(name.length + 1);
            path.putBytes(0, name);
            NativeMemory into = borrow();
            try {
                int result =
                        calls.statx(fd, path, StatusLayout.NO_FOLLOW, StatusLayout.OF_PATH, into);
                // What is gone by now has no type any more.
                return result < 0 ? FileType.OTHER : StatusLayout.attributes(into).type();
            } finally {
                giveBack(into);
            }
        }

        @Override
        public int descriptor() {
            return fd;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            throw IoException.of(Code.IS_DIRECTORY, "read", null);
        }

        @Override
        public void close() throws IOException {
            if (fd < 0) {
                return;
            }
            int result = calls.close(fd);
            fd = -1;
            if (byJdk != null) {
                byJdk.close();
            }
            if (result < 0 && result != Code.INTERRUPTED) {
                throw IoException.of(result, "close", null);
            }
        }
    }
}
