// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.DirectoryHandler;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSystem;
import io.millrace.file.FileSystemStatus;
import io.millrace.file.WalkHandler;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopPart;
import io.millrace.spi.Code;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.Failures;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessMode;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link FileSystem}. */
public final class LoopFileSystem implements FileSystem {
    private static final LoopPart<LoopFileSystem> PART = new LoopPart<>(LoopFileSystem::new);

    private static final int DIRECTORY_MODE = 0777;
    private static final int OWNERS_ALONE = 0700;
    private static final int PERMISSIONS = 07777;
    private static final int READ_AT_ONCE = 64 << 10;

    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW);

    private static final OpenOption[] REPLACING = {
        StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING
    };

    private final Loop loop;

    private LoopFileSystem(Loop loop) {
        this.loop = loop;
    }

    /** The one of a loop. */
    public static FileSystem of(Loop loop) {
        Objects.requireNonNull(loop, "loop").check("of");
        return loop.part(PART);
    }

    public static CompletionStage<FileAttributes> attributes(Loop loop, Path path) {
        Objects.requireNonNull(loop, "loop").check("attributes");
        return of(loop).attributes(path);
    }

    /** Any thread but the loop's is refused, and so is a closed loop. */
    private Path checked(String method, Path path) {
        loop.check(method);
        loop.ensureOpen();
        return PathAttributes.ofDefaultFileSystem(path);
    }

    @Override
    public CompletionStage<FileAttributes> attributes(Path path) {
        return status("attributes", Operation.STATUS, path);
    }

    @Override
    public CompletionStage<FileAttributes> linkAttributes(Path path) {
        return status("linkAttributes", Operation.LINK_STATUS, path);
    }

    private CompletionStage<FileAttributes> status(String method, Operation which, Path path) {
        Path absolute = checked(method, path).toAbsolutePath();
        return new PathQuestion<FileAttributes>(loop, method, path) {
            @Override
            void ask() {
                askOfPath(which, absolute, 0);
            }

            @Override
            FileAttributes answer() {
                return attributes();
            }
        }.begin();
    }

    /** What is answered with a path of the caller's. */
    private CompletionStage<Path> change(
            String method, Operation which, Path path, int flags, Path answer) {
        Path absolute = checked(method, path).toAbsolutePath();
        return new PathQuestion<Path>(loop, method, path) {
            @Override
            void ask() {
                askOfPath(which, absolute, flags);
            }

            @Override
            Path answer() {
                return answer;
            }
        }.begin();
    }

    private CompletionStage<Path> changeBoth(
            String method, Operation which, Path path, Path target, int flags, Path answer) {
        Path absolute = checked(method, path).toAbsolutePath();
        Path other = checked(method, target);
        Path second = which == Operation.SYMBOLIC_LINK ? other : other.toAbsolutePath();
        return new PathQuestion<Path>(loop, method, path) {
            @Override
            void ask() {
                askOfPaths(which, absolute, second, flags);
            }

            @Override
            Path answer() {
                return answer;
            }
        }.begin();
    }

    private CompletionStage<Path> pathOf(String method, Operation which, Path path) {
        Path absolute = checked(method, path).toAbsolutePath();
        return new PathQuestion<Path>(loop, method, path) {
            @Override
            void ask() {
                askOfPath(which, absolute, 0);
            }

            @Override
            Path answer() {
                return answeredPath();
            }
        }.begin();
    }

    @Override
    public CompletionStage<Path> checkAccess(Path path, AccessMode... modes) {
        int flags = 0;
        for (AccessMode mode : Objects.requireNonNull(modes, "modes")) {
            flags |=
                    switch (Objects.requireNonNull(mode, "mode")) {
                        case READ -> FileRequest.ACCESS_READ;
                        case WRITE -> FileRequest.ACCESS_WRITE;
                        case EXECUTE -> FileRequest.ACCESS_EXECUTE;
                    };
        }
        return change("checkAccess", Operation.ACCESS, path, flags, path);
    }

    @Override
    public CompletionStage<Path> createDirectory(Path path) {
        return createDirectory(path, DIRECTORY_MODE);
    }

    @Override
    public CompletionStage<Path> createDirectory(Path path, int permissions) {
        requirePermissions(permissions);
        return change("createDirectory", Operation.MAKE_DIRECTORY, path, permissions, path);
    }

    private static void requirePermissions(int permissions) {
        if ((permissions & ~PERMISSIONS) != 0) {
            throw new IllegalArgumentException(
                    "no permissions: 0" + Integer.toOctalString(permissions));
        }
    }

    @Override
    public CompletionStage<Path> createDirectories(Path path) {
        Path absolute = checked("createDirectories", path).toAbsolutePath();
        LoopFuture<Path> future = new LoopFuture<>(loop);
        makeWithParents(
                absolute,
                failure -> {
                    if (failure == null) {
                        future.complete(path);
                    } else {
                        future.completeExceptionally(failure);
                    }
                });
        return future;
    }

    private interface Made {
        void because(@Nullable Throwable failure);
    }

    /** Most often the parents are there, so the directory itself is tried first. */
    private void makeWithParents(Path directory, Made made) {
        createDirectory(directory)
                .whenComplete(
                        (path, failure) -> {
                            ErrorCode code = codeOf(failure);
                            Path parent = directory.getParent();
                            if (code == ErrorCode.EEXIST || code == ErrorCode.EISDIR) {
                                requireDirectory(directory, failure, made);
                            } else if (code == ErrorCode.ENOENT
                                    && parent != null
                                    && !loop.isClosed()) {
                                makeWithParents(
                                        parent,
                                        of -> {
                                            if (of == null) {
                                                makeLast(directory, made);
                                            } else {
                                                made.because(of);
                                            }
                                        });
                            } else {
                                made.because(failure);
                            }
                        });
    }

    /** Somebody else may have made it meanwhile. */
    private void makeLast(Path directory, Made made) {
        createDirectory(directory)
                .whenComplete(
                        (path, failure) -> {
                            if (codeOf(failure) == ErrorCode.EEXIST) {
                                requireDirectory(directory, failure, made);
                            } else {
                                made.because(failure);
                            }
                        });
    }

    private void requireDirectory(Path path, @Nullable Throwable otherwise, Made made) {
        attributes(path)
                .whenComplete(
                        (found, failure) ->
                                made.because(
                                        failure == null && found.isDirectory() ? null : otherwise));
    }

    private static ErrorCode codeOf(@Nullable Throwable failure) {
        return failure instanceof IoException io ? io.errorCode() : ErrorCode.UNKNOWN;
    }

    @Override
    public CompletionStage<Path> removeDirectory(Path path) {
        return change("removeDirectory", Operation.REMOVE_DIRECTORY, path, 0, path);
    }

    @Override
    public CompletionStage<Path> remove(Path path) {
        return change("remove", Operation.REMOVE, path, 0, path);
    }

    @Override
    public CompletionStage<Path> rename(Path from, Path to) {
        return changeBoth("rename", Operation.RENAME, from, to, 0, to);
    }

    @Override
    public CompletionStage<Path> renameUnlessThere(Path from, Path to) {
        int flags = FileRequest.RENAME_NO_REPLACE;
        return changeBoth("renameUnlessThere", Operation.RENAME, from, to, flags, to);
    }

    @Override
    public CompletionStage<Path> exchange(Path one, Path other) {
        int flags = FileRequest.RENAME_EXCHANGE;
        return changeBoth("exchange", Operation.RENAME, one, other, flags, one);
    }

    @Override
    public CompletionStage<Path> link(Path existing, Path further) {
        return changeBoth("link", Operation.LINK, existing, further, 0, further);
    }

    @Override
    public CompletionStage<Path> symbolicLink(Path link, Path target) {
        return changeBoth("symbolicLink", Operation.SYMBOLIC_LINK, link, target, 0, link);
    }

    @Override
    public CompletionStage<Path> readLink(Path link) {
        return pathOf("readLink", Operation.READ_LINK, link);
    }

    @Override
    public CompletionStage<Path> realPath(Path path) {
        return pathOf("realPath", Operation.REAL_PATH, path);
    }

    @Override
    public CompletionStage<Path> setPermissions(Path path, int permissions) {
        requirePermissions(permissions);
        return change("setPermissions", Operation.SET_MODE, path, permissions, path);
    }

    @Override
    public CompletionStage<Path> setOwner(Path path, int user, int group) {
        Path absolute = checked("setOwner", path).toAbsolutePath();
        return new PathQuestion<Path>(loop, "setOwner", path) {
            @Override
            void ask() {
                askSetOwner(absolute, user, group);
            }

            @Override
            Path answer() {
                return path;
            }
        }.begin();
    }

    @Override
    public CompletionStage<Path> setTimes(
            Path path, @Nullable Instant lastAccessed, @Nullable Instant lastModified) {
        Path absolute = checked("setTimes", path).toAbsolutePath();
        return new PathQuestion<Path>(loop, "setTimes", path) {
            @Override
            void ask() {
                askSetTimes(absolute, lastAccessed, lastModified);
            }

            @Override
            Path answer() {
                return path;
            }
        }.begin();
    }

    @Override
    public CompletionStage<FileSystemStatus> status(Path path) {
        Path absolute = checked("status", path).toAbsolutePath();
        return new PathQuestion<FileSystemStatus>(loop, "status", path) {
            @Override
            void ask() {
                askOfPath(Operation.FILE_SYSTEM, absolute, 0);
            }

            @Override
            FileSystemStatus answer() {
                return answeredFileSystem();
            }
        }.begin();
    }

    @Override
    public CompletionStage<Path> createTemporaryDirectory(Path parent, String prefix) {
        checked("createTemporaryDirectory", parent);
        return createDirectory(parent.resolve(unique(prefix)), OWNERS_ALONE);
    }

    @Override
    public CompletionStage<AsyncFile> createTemporaryFile(Path parent, String prefix) {
        Path path = checked("createTemporaryFile", parent).resolve(unique(prefix));
        return LoopFile.open(loop, path, NEW_FILE, FileRequest.OPEN_PRIVATE);
    }

    /** One of 2 to the power of 122, so that no second attempt is needed. */
    private static String unique(String prefix) {
        if (Path.of(Objects.requireNonNull(prefix, "prefix") + "x").getNameCount() != 1) {
            throw new IllegalArgumentException("a prefix has no separator: " + prefix);
        }
        return prefix + UUID.randomUUID();
    }

    @Override
    public CompletionStage<Long> list(Path directory, DirectoryHandler handler) {
        checked("list", directory);
        Objects.requireNonNull(handler, "handler");
        return new DirectoryReading(loop, directory, handler).begin();
    }

    @Override
    public CompletionStage<Long> walk(Path directory, WalkHandler handler) {
        checked("walk", directory);
        return new TreeWalk(loop, Objects.requireNonNull(handler, "handler")).begin(directory);
    }

    @Override
    public CompletionStage<byte[]> readAll(Path path, int most) {
        checked("readAll", path);
        if (most < 0) {
            throw new IllegalArgumentException("the limit must not be negative: " + most);
        }
        LoopFuture<byte[]> future = new LoopFuture<>(loop);
        AsyncFile.open(loop, path)
                .whenComplete(
                        (file, failure) -> {
                            if (failure == null) {
                                new WholeRead(path, most, future).begin(file);
                            } else {
                                future.completeExceptionally(failure);
                            }
                        });
        return future;
    }

    /** Reads until the end comes, or too much. */
    private static final class WholeRead implements FileReadCallback {
        private final Path path;
        private final int most;
        private final LoopFuture<byte[]> future;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        WholeRead(Path path, int most, LoopFuture<byte[]> future) {
            this.path = path;
            this.most = most;
            this.future = future;
        }

        void begin(AsyncFile file) {
            try {
                file.read(DirectMemory.allocate(READ_AT_ONCE), this);
            } catch (RuntimeException | Error thrown) {
                end(file, thrown);
            }
        }

        @Override
        public void onRead(AsyncFile file, ByteBuffer buffer, int count) {
            try {
                proceed(file, buffer, count);
            } catch (RuntimeException | Error thrown) {
                end(file, thrown);
            }
        }

        private void proceed(AsyncFile file, ByteBuffer buffer, int count) {
            byte[] piece = new byte[Math.max(0, count)];
            buffer.flip().get(piece);
            bytes.writeBytes(piece);
            if (bytes.size() > most) {
                String words = "it has more than " + most + " bytes";
                end(file, Failures.ofFile(Code.FILE_TOO_LARGE, "readAll", path, words));
            } else if (count < 0) {
                end(file, null);
            } else {
                file.read(buffer.clear(), this);
            }
        }

        @Override
        public void onFailure(AsyncFile file, ByteBuffer buffer, IoException failure) {
            end(file, failure);
        }

        private void end(AsyncFile file, @Nullable Throwable failure) {
            file.onClosed(
                    () -> {
                        if (failure == null) {
                            complete();
                        } else {
                            future.completeExceptionally(failure);
                        }
                    });
            file.close();
        }

        /** Memory may be lacking for the last copy, too. */
        private void complete() {
            byte[] all;
            try {
                all = bytes.toByteArray();
            } catch (OutOfMemoryError noMemory) {
                future.completeExceptionally(noMemory);
                return;
            }
            future.complete(all);
        }
    }

    @Override
    public CompletionStage<Path> writeAll(Path path, ByteBuffer bytes, OpenOption... options) {
        checked("writeAll", path);
        ByteBuffer source = bytes.isDirect() ? bytes : copied(bytes);
        LoopFuture<Path> future = new LoopFuture<>(loop);
        OpenOption[] chosen = options.length == 0 ? REPLACING : options;
        AsyncFile.open(loop, path, chosen)
                .whenComplete(
                        (file, failure) -> {
                            if (failure == null) {
                                write((LoopFile) file, source, future);
                            } else {
                                future.completeExceptionally(failure);
                            }
                        });
        return future;
    }

    /** Large ones, too: what a file copies itself is limited. */
    private static ByteBuffer copied(ByteBuffer bytes) {
        return DirectMemory.allocate(bytes.remaining()).put(bytes).flip();
    }

    private void write(LoopFile file, ByteBuffer source, LoopFuture<Path> future) {
        try {
            if (file.isAppending()) {
                file.append(source, (same, buffer, failure) -> close(file, failure, future));
            } else {
                file.write(source, 0, (same, buffer, failure) -> close(file, failure, future));
            }
        } catch (RuntimeException | Error thrown) {
            close(file, thrown, future);
        }
    }

    private static void close(
            AsyncFile file, @Nullable Throwable failure, LoopFuture<Path> future) {
        file.onClosed(
                () -> {
                    if (failure == null) {
                        future.complete(file.path());
                    } else {
                        future.completeExceptionally(failure);
                    }
                });
        file.close();
    }
}
