// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileSystemStatus;
import io.millrace.file.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations on files by the JDK's own calls, on any system. */
public final class JavaFileCalls implements FileCalls {
    public static final JavaFileCalls ONLY = new JavaFileCalls();

    private static final int COPIED_AT_ONCE = 128 << 10;
    private static final boolean HAS_MODES = Paths.view("unix");

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private JavaFileCalls() {}

    @Override
    public long carryOut(FileRequest request, FileAnswer answer) throws IOException {
        switch (request.operation()) {
            case STATUS -> answer.attributes = attributes(request.path());
            case LINK_STATUS ->
                    answer.attributes = attributes(request.path(), LinkOption.NOFOLLOW_LINKS);
            case OPEN -> open(request, answer);
            case OPEN_DIRECTORY -> answer.opened = new JavaDirectory(request);
            case READ_DIRECTORY ->
                    answer.value = ((JavaDirectory) request.file()).next(request.length());
            case CLOSE, CLOSE_DIRECTORY -> request.file().close();
            case ACCESS,
                    REAL_PATH,
                    READ_LINK,
                    FILE_SYSTEM,
                    MAKE_DIRECTORY,
                    REMOVE_DIRECTORY,
                    REMOVE,
                    RENAME,
                    LINK,
                    SYMBOLIC_LINK,
                    SET_MODE,
                    SET_OWNER,
                    SET_TIMES -> {
                return ofPath(request, answer);
            }
            default -> {
                return ofOpenFile(request, answer);
            }
        }
        return Code.OK;
    }

    private static long ofPath(FileRequest request, FileAnswer answer) throws IOException {
        try {
            switch (request.operation()) {
                case ACCESS, REAL_PATH, READ_LINK, FILE_SYSTEM -> Paths.ask(request, answer);
                default -> {
                    return Paths.change(request);
                }
            }
            return Code.OK;
        } catch (NoSuchFileException missing) {
            throw exact(missing, request.path());
        }
    }

    private static long ofOpenFile(FileRequest request, FileAnswer answer) throws IOException {
        BlockingFile file = (BlockingFile) request.file();
        switch (request.operation()) {
            case READ -> {
                return Math.max(0, file.read(view(request), request.position()));
            }
            case WRITE -> {
                return file.write(view(request), request.position());
            }
            case READ_VECTOR -> {
                return transfer(request.vector(), request.position(), file::read);
            }
            case WRITE_VECTOR -> {
                return transfer(request.vector(), request.position(), file::write);
            }
            case SYNC -> file.force(true);
            case SYNC_DATA -> file.force(false);
            case SIZE -> {
                return file.size();
            }
            case STATUS_OF_FILE -> answer.attributes = attributesOf(file);
            case TRUNCATE -> file.resize(request.position());
            case COPY -> {
                return copy(request);
            }
            case ALLOCATE -> {
                // The JDK has no call for it.
                return Code.NOT_SUPPORTED;
            }
            default -> {
                // Advice need not be taken.
                assert request.operation() == FileRequest.Operation.ADVISE : request.operation();
            }
        }
        return Code.OK;
    }

    /** The request's bytes; a buffer of its own, since the caller may look at the other. */
    public static ByteBuffer view(FileRequest request) {
        return request.buffer().duplicate().limit(request.to()).position(request.from());
    }

    private interface Transfer {
        int at(ByteBuffer buffer, long position) throws IOException;
    }

    /** One buffer after the other, until one is not full; what is done before a failure counts. */
    private static long transfer(FileVector vector, long position, Transfer one)
            throws IOException {
        long done = 0;
        for (int i = 0; i < vector.count(); i++) {
            int length = vector.to(i) - vector.from(i);
            ByteBuffer part =
                    vector.buffer(i).duplicate().limit(vector.to(i)).position(vector.from(i));
            int count;
            try {
                count = length == 0 ? 0 : one.at(part, position + done);
            } catch (IOException failure) {
                if (done == 0) {
                    throw failure;
                }
                return done;
            }
            done += Math.max(0, count);
            if (count < length) {
                break;
            }
        }
        return done;
    }

    private static long copy(FileRequest request) throws IOException {
        BlockingFile source = (BlockingFile) request.file();
        BlockingFile target = (BlockingFile) request.targetFile();
        boolean isDisjoint =
                Math.abs(request.position() - request.targetPosition()) >= request.length();
        if (!isDisjoint && source.opened().isSameFile(target.opened())) {
            // As copy_file_range(2): bytes would be overwritten before they are read.
            return Code.INVALID_ARGUMENT;
        }
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(COPIED_AT_ONCE, request.length()));
        long done = 0;
        while (done < request.length()) {
            piece.clear().limit((int) Math.min(piece.capacity(), request.length() - done));
            if (source.read(piece, request.position() + done) <= 0) {
                break;
            }
            piece.flip();
            try {
                while (piece.hasRemaining()) {
                    done += target.write(piece, request.targetPosition() + done);
                }
            } catch (IOException failure) {
                if (done == 0) {
                    throw failure;
                }
                return done;
            }
        }
        return done;
    }

    @SuppressWarnings("ReferenceEquality") // the one that says nothing
    private static void open(FileRequest request, FileAnswer answer) throws IOException {
        BlockingFile file = open(request);
        answer.opened = file;
        if (file.opened() != BlockingFile.NAMELESS) {
            answer.attributes = file.opened();
        }
    }

    private static BlockingFile open(FileRequest request) throws IOException {
        if ((request.flags() & FileRequest.OPEN_DIRECT) != 0) {
            throw Failures.ofFile(
                    Code.NOT_SUPPORTED,
                    "open",
                    request.path(),
                    "files are opened by the JDK here, and not for direct I/O; on Linux use a"
                            + " native backend");
        }
        if ((request.flags() & FileRequest.OPEN_TEMPORARY) != 0) {
            return openTemporary(request.path());
        }
        boolean isPrivate = HAS_MODES && (request.flags() & FileRequest.OPEN_PRIVATE) != 0;
        return isPrivate
                ? BlockingFile.open(request.path(), request.options(), OWNER_ONLY)
                : BlockingFile.open(request.path(), request.options());
    }

    /** One whose name is gone as soon as it is open, or, where that cannot be, when it closes. */
    private static BlockingFile openTemporary(Path directory) throws IOException {
        Set<StandardOpenOption> options =
                EnumSet.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.DELETE_ON_CLOSE);
        Path path = directory.resolve(".millrace-" + UUID.randomUUID());
        return HAS_MODES
                ? BlockingFile.open(path, options, OWNER_ONLY)
                : BlockingFile.open(path, options);
    }

    /** Asks the JDK, links followed unless told otherwise. Blocks as long as stat(2) does. */
    public static FileAttributes attributes(Path path, LinkOption... options) throws IOException {
        try {
            return told(path, options);
        } catch (NoSuchFileException missing) {
            throw exact(missing, path);
        }
    }

    /** Newer JDKs say so as well where a name on the way is no directory's: ENOTDIR. */
    private static IOException exact(NoSuchFileException missing, Path path) {
        return isBelowNoDirectory(path) ? new NotDirectoryException(path.toString()) : missing;
    }

    private static boolean isBelowNoDirectory(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        return parent != null && !Files.isDirectory(parent);
    }

    private static FileAttributes told(Path path, LinkOption... options) throws IOException {
        if (!HAS_MODES) {
            return basic(Files.readAttributes(path, BasicFileAttributes.class, options));
        }
        Map<String, Object> all = Files.readAttributes(path, "unix:*", options);
        return new FileAttributes(
                (Long) required(all, "size"),
                time(all, "lastModifiedTime"),
                (Integer) required(all, "mode"),
                time(all, "lastAccessTime"),
                time(all, "ctime"),
                time(all, "creationTime"),
                (Long) required(all, "ino"),
                (Long) required(all, "dev"),
                (Integer) required(all, "nlink"),
                (Integer) required(all, "uid"),
                (Integer) required(all, "gid"),
                -1,
                0,
                0);
    }

    private static Object required(Map<String, Object> all, String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    private static Instant time(Map<String, Object> all, String name) {
        return ((FileTime) required(all, name)).toInstant();
    }

    private static FileAttributes basic(BasicFileAttributes basic) {
        Instant modified = basic.lastModifiedTime().toInstant();
        return new FileAttributes(
                basic.size(),
                modified,
                typeOf(basic),
                basic.lastAccessTime().toInstant(),
                modified,
                basic.creationTime().toInstant(),
                0,
                0,
                1,
                -1,
                -1,
                -1,
                0,
                0);
    }

    private static int typeOf(BasicFileAttributes basic) {
        if (basic.isRegularFile()) {
            return FileAttributes.TYPE_REGULAR;
        }
        if (basic.isDirectory()) {
            return FileAttributes.TYPE_DIRECTORY;
        }
        return basic.isSymbolicLink() ? FileAttributes.TYPE_SYMBOLIC_LINK : 0;
    }

    /**
     * The JDK knows files by their paths alone, so the path is asked, and believed if it still is
     * the path of the open file.
     */
    private static FileAttributes attributesOf(BlockingFile file) throws IOException {
        FileAttributes opened = file.opened();
        FileAttributes found;
        try {
            found = attributes(file.path());
        } catch (NoSuchFileException gone) {
            found = null;
        }
        if (found == null || (opened.inode() != 0 && !opened.isSameFile(found))) {
            throw Failures.ofFile(
                    Code.NOT_SUPPORTED,
                    "attributes",
                    file.path(),
                    "the file has lost that name, and the JDK cannot ask without one; size() can,"
                            + " and native backends can");
        }
        return found;
    }

    /** What is there, or the failure. */
    private static FileAttributes found(Path path, boolean follows) throws IOException {
        return follows ? attributes(path) : attributes(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** An open directory of the JDK's. It tells no types, so each name is asked for its own. */
    private static final class JavaDirectory implements OpenFile {
        private final DirectoryStream<Path> stream;
        private final Iterator<Path> names;

        @SuppressWarnings("StreamResourceLeak") // This object is what closes it.
        JavaDirectory(FileRequest request) throws IOException {
            Path path = request.path();
            boolean follows = (request.flags() & FileRequest.OPEN_NO_FOLLOW) == 0;
            // The JDK opens before it looks, and at a FIFO that waits for the other end.
            if (!found(path, follows).isDirectory()) {
                throw new NotDirectoryException(path.toString());
            }
            stream = Files.newDirectoryStream(path);
            names = stream.iterator();
        }

        List<DirectoryEntry> next(long most) throws IOException {
            List<DirectoryEntry> entries = new ArrayList<>();
            try {
                while (entries.size() < most && names.hasNext()) {
                    Path each = names.next();
                    entries.add(new DirectoryEntry(each.getFileName(), typeOf(each)));
                }
            } catch (DirectoryIteratorException failure) {
                throw failure.getCause();
            }
            return entries;
        }

        private static FileType typeOf(Path path) {
            try {
                return attributes(path, LinkOption.NOFOLLOW_LINKS).type();
            } catch (IOException gone) {
                // It was there when the directory was read, and need not be any more.
                return FileType.OTHER;
            }
        }

        @Override
        public int descriptor() {
            return -1;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            throw Failures.because(Code.IS_DIRECTORY, "read", "it is a directory", null);
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    /** What concerns paths, of files that are not open. */
    private static final class Paths {
        private Paths() {}

        static boolean view(String name) {
            return java.nio.file.FileSystems.getDefault()
                    .supportedFileAttributeViews()
                    .contains(name);
        }

        static void ask(FileRequest request, FileAnswer answer) throws IOException {
            Path path = request.path();
            switch (request.operation()) {
                case ACCESS ->
                        path.getFileSystem().provider().checkAccess(path, modes(request.flags()));
                case REAL_PATH -> answer.value = path.toRealPath();
                case READ_LINK -> answer.value = Files.readSymbolicLink(path);
                default -> answer.value = fileSystem(Files.getFileStore(path));
            }
        }

        private static AccessMode[] modes(int flags) {
            List<AccessMode> modes = new ArrayList<>();
            if ((flags & FileRequest.ACCESS_READ) != 0) {
                modes.add(AccessMode.READ);
            }
            if ((flags & FileRequest.ACCESS_WRITE) != 0) {
                modes.add(AccessMode.WRITE);
            }
            if ((flags & FileRequest.ACCESS_EXECUTE) != 0) {
                modes.add(AccessMode.EXECUTE);
            }
            return modes.toArray(new AccessMode[0]);
        }

        private static FileSystemStatus fileSystem(FileStore store) throws IOException {
            return new FileSystemStatus(
                    store.getTotalSpace(),
                    store.getUnallocatedSpace(),
                    store.getUsableSpace(),
                    store.getBlockSize(),
                    -1,
                    -1,
                    store.isReadOnly());
        }

        static long change(FileRequest request) throws IOException {
            Path path = request.path();
            switch (request.operation()) {
                case MAKE_DIRECTORY -> makeDirectory(path, request.flags());
                case REMOVE_DIRECTORY, REMOVE -> {
                    return remove(request);
                }
                case RENAME -> {
                    return rename(request);
                }
                case LINK -> Files.createLink(request.target(), path);
                case SYMBOLIC_LINK -> Files.createSymbolicLink(path, request.target());
                case SET_TIMES -> setTimes(request);
                default -> {
                    if (!HAS_MODES) {
                        return Code.NOT_SUPPORTED;
                    }
                    setUnix(request);
                }
            }
            return Code.OK;
        }

        private static void makeDirectory(Path path, int mode) throws IOException {
            if (!HAS_MODES || (mode & 0777) == 0777) {
                Files.createDirectory(path);
                return;
            }
            Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
            PosixFilePermission[] all = PosixFilePermission.values();
            for (int i = 0; i < all.length; i++) {
                if ((mode & (0400 >> i)) != 0) {
                    permissions.add(all[i]);
                }
            }
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(permissions));
        }

        private static int remove(FileRequest request) throws IOException {
            boolean isDirectory = Files.isDirectory(request.path(), LinkOption.NOFOLLOW_LINKS);
            boolean wantsDirectory = request.operation() == FileRequest.Operation.REMOVE_DIRECTORY;
            if (isDirectory && !wantsDirectory) {
                return Code.IS_DIRECTORY;
            }
            if (!isDirectory
                    && wantsDirectory
                    && Files.exists(request.path(), LinkOption.NOFOLLOW_LINKS)) {
                return Code.NOT_A_DIRECTORY;
            }
            Files.delete(request.path());
            return Code.OK;
        }

        /** Without a replacement by the JDK's rename that refuses one, which is not atomic. */
        private static int rename(FileRequest request) throws IOException {
            switch (request.flags()) {
                case FileRequest.RENAME_EXCHANGE -> {
                    return Code.NOT_SUPPORTED;
                }
                case FileRequest.RENAME_NO_REPLACE -> {
                    if (Files.exists(request.target(), LinkOption.NOFOLLOW_LINKS)) {
                        return Code.EXISTS;
                    }
                }
                default -> {}
            }
            CopyOption[] atOnce = {StandardCopyOption.ATOMIC_MOVE};
            Files.move(request.path(), request.target(), atOnce);
            return Code.OK;
        }

        /** Where nothing is to be set, the JDK does not even look whether there is a file. */
        private static void setTimes(FileRequest request) throws IOException {
            if (request.modified() == null && request.accessed() == null) {
                found(request.path(), true);
                return;
            }
            Files.getFileAttributeView(request.path(), BasicFileAttributeView.class)
                    .setTimes(time(request.modified()), time(request.accessed()), null);
        }

        private static @Nullable FileTime time(@Nullable Instant instant) {
            return instant == null ? null : FileTime.from(instant);
        }

        private static void setUnix(FileRequest request) throws IOException {
            Path path = request.path();
            if (request.operation() == FileRequest.Operation.SET_MODE) {
                Files.setAttribute(path, "unix:mode", request.flags());
                return;
            }
            if (request.user() == -1 && request.group() == -1) {
                found(path, false);
            }
            if (request.user() != -1) {
                Files.setAttribute(path, "unix:uid", request.user(), LinkOption.NOFOLLOW_LINKS);
            }
            if (request.group() != -1) {
                Files.setAttribute(path, "unix:gid", request.group(), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }
}
