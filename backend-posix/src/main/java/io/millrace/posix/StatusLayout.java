// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.file.FileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the fields of a file's status lie: Linux's {@code struct statx}, the same on all
 * processors, see statx(2).
 */
public final class StatusLayout {
    public static final int BYTES = 256;

    public static final int MODE = 28;
    public static final int SIZE = 40;
    public static final int MODIFIED_SECONDS = 112;
    public static final int MODIFIED_NANOS = 120;

    /** In the mask: everything that stat(2) tells, and the birth. */
    public static final int OF_PATH = 0x7ff | 0x800;

    /** The same, and alignments of direct I/O, which takes longer. */
    public static final int WANTED = OF_PATH | 0x2000;

    /** As a flag: an empty path means the descriptor itself. */
    public static final int EMPTY_PATH = 0x1000;

    /** As a flag: of a link the link itself. */
    public static final int NO_FOLLOW = 0x100;

    private static final int MASK = 0;
    private static final int LINKS = 16;
    private static final int USER = 20;
    private static final int GROUP = 24;
    private static final int INODE = 32;
    private static final int BLOCKS = 48;
    private static final int ACCESSED = 64;
    private static final int CREATED = 80;
    private static final int CHANGED = 96;
    private static final int DEVICE_MAJOR = 136;
    private static final int DEVICE_MINOR = 140;
    private static final int DIRECT_MEMORY_ALIGNMENT = 152;
    private static final int DIRECT_OFFSET_ALIGNMENT = 156;

    private static final int HAS_CREATED = 0x800;
    private static final int HAS_ALIGNMENTS = 0x2000;
    private static final int BLOCK_BYTES = 512;

    private StatusLayout() {}

    public static FileAttributes attributes(NativeMemory status) {
        int mask = status.getInt(MASK);
        boolean aligned = (mask & HAS_ALIGNMENTS) != 0;
        @Nullable Instant created = (mask & HAS_CREATED) == 0 ? null : time(status, CREATED);
        return new FileAttributes(
                status.getLong(SIZE),
                time(status, MODIFIED_SECONDS),
                Short.toUnsignedInt(status.getShort(MODE)),
                time(status, ACCESSED),
                time(status, CHANGED),
                created,
                status.getLong(INODE),
                device(status.getInt(DEVICE_MAJOR), status.getInt(DEVICE_MINOR)),
                Integer.toUnsignedLong(status.getInt(LINKS)),
                status.getInt(USER),
                status.getInt(GROUP),
                status.getLong(BLOCKS) * BLOCK_BYTES,
                aligned ? status.getInt(DIRECT_MEMORY_ALIGNMENT) : 0,
                aligned ? status.getInt(DIRECT_OFFSET_ALIGNMENT) : 0);
    }

    private static Instant time(NativeMemory status, int at) {
        return Instant.ofEpochSecond(status.getLong(at), status.getInt(at + Long.BYTES));
    }

    /** The number that stat(2) has for it, see makedev(3). */
    private static long device(long major, long minor) {
        return ((major & 0xffff_f000L) << 32)
                | ((major & 0xfffL) << 8)
                | ((minor & 0xffff_ff00L) << 12)
                | (minor & 0xffL);
    }
}
