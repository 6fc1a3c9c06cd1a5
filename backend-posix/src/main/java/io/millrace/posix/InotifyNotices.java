// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What Linux notes of directories: one instance of inotify(7). */
final class InotifyNotices implements DirectoryNotices {
    /** The same on every processor that Linux runs on but for those that the JDK does not. */
    private static final int CLOSE_ON_EXEC = 0x80000;

    private static final int NON_BLOCKING = 0x800;

    private static final int DIRECTORIES_ONLY = 0x1000000;
    private static final int DO_NOT_FOLLOW = 0x2000000;

    /** What is open without a name any more is nobody's business. */
    private static final int NOT_UNLINKED = 0x4000000;

    private static final int WANTED =
            MODIFIED
                    | ATTRIBUTES
                    | WRITTEN
                    | MOVED_FROM
                    | MOVED_TO
                    | CREATED
                    | DELETED
                    | SELF_DELETED
                    | SELF_MOVED
                    | DIRECTORIES_ONLY
                    | NOT_UNLINKED;

    /** {@code struct inotify_event}: directory, what, cookie, bytes of the name and its padding. */
    private static final int HEADER_BYTES = 16;

    private static final int WHAT = 4;
    private static final int COOKIE = 8;
    private static final int LENGTH = 12;
    private static final int LONGEST = HEADER_BYTES + 256;

    /** Some hundred notices: a share of a turn. */
    private static final int BUFFER_BYTES = 8 << 10;

    private static final String LIMITS = "/proc/sys/fs/inotify/";

    private final InotifyCalls calls;
    private final int fd;
    private final NativeMemory buffer = NativeMemory.allocate(BUFFER_BYTES);

    private InotifyNotices(InotifyCalls calls, int fd) {
        this.calls = calls;
        this.fd = fd;
    }

    static InotifyNotices open(InotifyCalls calls) throws IoException {
        int fd = calls.init(CLOSE_ON_EXEC | NON_BLOCKING);
        if (fd == Code.TOO_MANY_FILES) {
            throw IoException.because(
                    fd,
                    "watch",
                    "this user has no inotify instances left: raise fs.inotify.max_user_instances"
                            + now("max_user_instances")
                            + ", or the limit on this process's open files (ulimit -n)");
        }
        if (fd < 0) {
            throw IoException.of(fd, "watch", null);
        }
        try {
            return new InotifyNotices(calls, fd);
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    /** What a limit is, if the system says so. */
    private static String now(String limit) {
        try {
            return " (it is " + Files.readString(Path.of(LIMITS + limit)).strip() + ")";
        } catch (IOException | RuntimeException untold) {
            // The name of the limit is what matters.
            return "";
        }
    }

    @Override
    public int descriptor() {
        return fd;
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public int add(Path directory, boolean follows) throws IoException {
        int mask = WANTED | (follows ? 0 : DO_NOT_FOLLOW);
        int number = calls.add(fd, FileNames.zeroTerminated(directory), mask);
        if (number == Code.NO_SPACE) {
            throw Failures.ofFile(
                    number,
                    "watch",
                    directory,
                    "this user has no inotify watches left: raise fs.inotify.max_user_watches"
                            + now("max_user_watches"));
        }
        if (number < 0) {
            throw Failures.ofFile(number, "watch", directory, 0, null);
        }
        return number;
    }

    /** One that the system has forgotten meanwhile is EINVAL, and as good. */
    @Override
    public void remove(int directory) {
        calls.remove(fd, directory);
    }

    @Override
    public int read(Sink sink) {
        int bytes;
        do {
            bytes = calls.read(fd, buffer);
        } while (bytes == Code.INTERRUPTED);
        if (bytes < 0) {
            if (bytes == Code.WOULD_BLOCK) {
                sink.onDrained();
            }
            return bytes;
        }
        int count = 0;
        int at = 0;
        while (at + HEADER_BYTES <= bytes) {
            int length = buffer.getInt(at + LENGTH);
            sink.onNotice(
                    buffer.getInt(at),
                    buffer.getInt(at + WHAT),
                    buffer.getInt(at + COOKIE),
                    name(at + HEADER_BYTES, length));
            at += HEADER_BYTES + length;
            count++;
        }
        if (bytes + LONGEST <= BUFFER_BYTES) {
            // Another would have had room.
            sink.onDrained();
        }
        return count;
    }

    /** Ends with zeros, of which there are none in a name. */
    private @Nullable Path name(int at, int length) {
        int end = at;
        while (end < at + length && buffer.getByte(end) != 0) {
            end++;
        }
        if (end == at) {
            return null;
        }
        byte[] name = new byte[end - at];
        for (int i = 0; i < name.length; i++) {
            name[i] = buffer.getByte(at + i);
        }
        return FileNames.path(name);
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}
