// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** inotify's answers, played by the test. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "inotify is Linux's")
class InotifyNoticesTest {
    private final Kernel kernel = new Kernel();
    private final List<String> noticed = new ArrayList<>();

    /** Answers what it was told to; names of watched files are not looked at. */
    private static final class Kernel implements InotifyCalls {
        private final ArrayDeque<Object> reads = new ArrayDeque<>();
        private int init = 5;
        private int add = 1;
        private int mask;
        private int flags;
        private int closed = -1;

        @Override
        public int init(int newFlags) {
            flags = newFlags;
            return init;
        }

        @Override
        public int add(int fd, NativeMemory path, int newMask) {
            mask = newMask;
            return add;
        }

        @Override
        public int remove(int fd, int directory) {
            return Code.INVALID_ARGUMENT;
        }

        @Override
        public int read(int fd, NativeMemory into) {
            Object next = reads.remove();
            if (next instanceof byte[] bytes) {
                into.putBytes(0, bytes);
                return bytes.length;
            }
            return (Integer) next;
        }

        @Override
        public int close(int fd) {
            closed = fd;
            return 0;
        }
    }

    private final DirectoryNotices.Sink sink =
            new DirectoryNotices.Sink() {
                @Override
                public void onNotice(int directory, int what, int cookie, @Nullable Path name) {
                    noticed.add(directory + " " + what + " " + cookie + " " + name);
                }

                @Override
                public void onDrained() {
                    noticed.add("drained");
                }
            };

    private static byte[] notices(Object... directoryWhatCookieName) {
        NativeMemory memory = NativeMemory.allocate(8192);
        int at = 0;
        for (int i = 0; i < directoryWhatCookieName.length; i += 4) {
            byte[] name =
                    ((String) directoryWhatCookieName[i + 3]).getBytes(StandardCharsets.ISO_8859_1);
            int length = name.length == 0 ? 0 : (name.length + 16) / 16 * 16;
            memory.putInt(at, (Integer) directoryWhatCookieName[i]);
            memory.putInt(at + 4, (Integer) directoryWhatCookieName[i + 1]);
            memory.putInt(at + 8, (Integer) directoryWhatCookieName[i + 2]);
            memory.putInt(at + 12, length);
            memory.putBytes(at + 16, name);
            at += 16 + length;
        }
        byte[] all = new byte[at];
        memory.getBytes(0, all);
        return all;
    }

    @Test
    void noticesComeAsTheyAreAndSignalsInterruptNothing() throws IoException {
        InotifyNotices notices = InotifyNotices.open(kernel);
        assertEquals(0x80800, kernel.flags);
        kernel.reads.add(Code.INTERRUPTED);
        kernel.reads.add(
                notices(1, 0x100, 0, "name", -1, 0x4000, 0, "", 2, 0x40, 77, "sixteen-bytes-xx"));
        assertEquals(3, notices.read(sink));
        assertEquals(
                List.of("1 256 0 name", "-1 16384 0 null", "2 64 77 sixteen-bytes-xx", "drained"),
                noticed);
        noticed.clear();
        kernel.reads.add(Code.WOULD_BLOCK);
        assertEquals(Code.WOULD_BLOCK, notices.read(sink));
        assertEquals(List.of("drained"), noticed);
        kernel.reads.add(Code.IO_ERROR);
        assertEquals(Code.IO_ERROR, notices.read(sink));
        notices.close();
        assertEquals(5, kernel.closed);
    }

    /** Where another notice might not have had room, there may be another. */
    @Test
    void aFullReadDoesNotSayThatThereAreNoOthers() throws IoException {
        InotifyNotices notices = InotifyNotices.open(kernel);
        Object[] all = new Object[4 * 250];
        for (int i = 0; i < all.length; i += 4) {
            all[i] = 1;
            all[i + 1] = 2;
            all[i + 2] = 0;
            all[i + 3] = "a";
        }
        kernel.reads.add(notices(all));
        assertEquals(250, notices.read(sink));
        assertTrue(!noticed.contains("drained"));
        notices.close();
    }

    @Test
    void eachLimitIsToldByItsName() throws IoException {
        kernel.init = Code.TOO_MANY_FILES;
        IoException instances = assertThrows(IoException.class, () -> InotifyNotices.open(kernel));
        assertEquals(ErrorCode.EMFILE, instances.errorCode());
        assertTrue(String.valueOf(instances.getMessage()).contains("max_user_instances"));
        kernel.init = 5;
        InotifyNotices notices = InotifyNotices.open(kernel);
        kernel.add = Code.NO_SPACE;
        IoException watches =
                assertThrows(IoException.class, () -> notices.add(Path.of("/tmp"), false));
        assertEquals(ErrorCode.ENOSPC, watches.errorCode());
        assertTrue(String.valueOf(watches.getMessage()).contains("max_user_watches"));
        kernel.add = Code.ACCESS_DENIED;
        IoException refused =
                assertThrows(IoException.class, () -> notices.add(Path.of("/tmp"), true));
        assertEquals(Path.of("/tmp"), refused.path());
        notices.remove(3);
        notices.close();
    }

    @Test
    void linksBelowAreNotFollowed() throws IoException {
        InotifyNotices notices = InotifyNotices.open(kernel);
        notices.add(Path.of("/tmp"), false);
        assertEquals(0x3000000, kernel.mask & 0x3000000);
        notices.add(Path.of("/tmp"), true);
        assertEquals(0x1000000, kernel.mask & 0x3000000);
        notices.close();
    }
}
