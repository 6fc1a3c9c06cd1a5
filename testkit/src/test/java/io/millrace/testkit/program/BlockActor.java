// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAdvice;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSystem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes blocks of a file, several at a time, each block once at a time: so it knows what
 * each holds, unless a write of it has failed. After a crash each byte of a block that was synced
 * is of the version that was, or of a later one.
 */
final class BlockActor extends FileActor {
    private static final int BLOCKS = 12;
    private static final int BYTES = 700;
    private static final int MOST_OPERATIONS = 80;
    private static final int MOST_UNDER_WAY = 8;
    private static final int UNKNOWN = -1;

    private final boolean[] busy = new boolean[BLOCKS];

    /** The version that each block holds. */
    private final int[] holds = new int[BLOCKS];

    /** The last version that was written whole. */
    private final int[] whole = new int[BLOCKS];

    /** The last version that was asked to be written. */
    private final int[] asked = new int[BLOCKS];

    /** The version that a sync has covered. */
    private final int[] stored = new int[BLOCKS];

    private boolean lost;

    BlockActor(EventLoop loop, SplittableRandom random, boolean kind, Path own) {
        super(loop, random, kind, own, MOST_OPERATIONS);
        Arrays.fill(stored, UNKNOWN);
    }

    @Override
    void begin() {
        ask(
                "open",
                false,
                () ->
                        AsyncFile.open(
                                loop,
                                own,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE),
                (opened, failure) -> {
                    if (opened != null) {
                        enlarge(opened);
                    }
                });
    }

    /** By zeros, which are version 0. */
    private void enlarge(AsyncFile file) {
        ask(
                "truncate",
                false,
                () -> file.truncate(BLOCKS * BYTES),
                (same, failure) -> {
                    if (failure == null) {
                        goOn(file);
                    } else {
                        close(file);
                    }
                });
    }

    private void close(AsyncFile file) {
        close(file, () -> {});
    }

    private void goOn(AsyncFile file) {
        check(!isClosed, "an operation ended after the close callback");
        if (file.isClosing()) {
            return;
        }
        while (left > 0 && underWay() < MOST_UNDER_WAY) {
            left--;
            int block = random.nextInt(BLOCKS);
            switch (random.nextInt(12)) {
                case 0 -> sync(file);
                case 1 -> askSize(file);
                case 2 -> advise(file, block);
                case 3, 4, 5, 6 -> write(file, block);
                default -> read(file, block);
            }
        }
        if (random.nextInt(120) == 0) {
            close(file);
        } else if (left == 0 && underWay() == 0) {
            copy(file);
        }
    }

    private void write(AsyncFile file, int block) {
        if (busy[block]) {
            return;
        }
        busy[block] = true;
        int version = ++asked[block];
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = byteAt(version, i);
        }
        long position = (long) block * BYTES;
        call(
                "write of block " + block,
                once -> {
                    if (random.nextInt(3) == 0) {
                        file.write(
                                buffers(bytes),
                                position,
                                (same, buffer, failure) -> {
                                    once.ended(failure, file.isClosing());
                                    written(file, block, version, failure);
                                });
                    } else {
                        file.write(
                                buffer(bytes),
                                position,
                                (same, buffer, failure) -> {
                                    once.ended(failure, file.isClosing());
                                    written(file, block, version, failure);
                                });
                    }
                });
    }

    private void written(AsyncFile file, int block, int version, @Nullable IoException failure) {
        busy[block] = false;
        if (failure == null) {
            holds[block] = version;
            whole[block] = version;
        } else {
            holds[block] = UNKNOWN;
        }
        goOn(file);
    }

    private void read(AsyncFile file, int block) {
        if (busy[block]) {
            return;
        }
        busy[block] = true;
        boolean exact = random.nextBoolean();
        long position = (long) block * BYTES;
        ByteBuffer whole = ByteBuffer.allocateDirect(BYTES);
        call(
                "read of block " + block,
                once -> {
                    FileReadCallback callback =
                            new FileReadCallback() {
                                @Override
                                public void onRead(AsyncFile same, ByteBuffer buffer, int count) {
                                    once.ended(null, false);
                                    check(count > 0, count + " bytes of a block that is there");
                                    check(!exact || count == BYTES, count + " bytes of a block");
                                    haveRead(file, block, whole, count);
                                }

                                @Override
                                public void onFailure(
                                        AsyncFile same, ByteBuffer buffer, IoException failure) {
                                    once.ended(failure, file.isClosing());
                                    haveRead(file, block, whole, 0);
                                }
                            };
                    if (random.nextInt(3) == 0) {
                        int cut = 1 + random.nextInt(BYTES - 1);
                        ByteBuffer[] parts = {whole.slice(0, cut), whole.slice(cut, BYTES - cut)};
                        if (exact) {
                            file.readFully(parts, position, callback);
                        } else {
                            file.read(parts, position, callback);
                        }
                    } else if (exact) {
                        file.readFully(whole.duplicate(), position, callback);
                    } else {
                        file.read(whole.duplicate(), position, callback);
                    }
                });
    }

    private void haveRead(AsyncFile file, int block, ByteBuffer bytes, int count) {
        busy[block] = false;
        if (holds[block] != UNKNOWN) {
            for (int i = 0; i < count; i++) {
                check(
                        bytes.get(i) == byteAt(holds[block], i),
                        "byte " + i + " of block " + block + " differs");
            }
        }
        goOn(file);
    }

    private void sync(AsyncFile file) {
        int[] covered = whole.clone();
        boolean counts = !lost;
        call(
                "sync",
                once ->
                        file.syncData(
                                (same, failure) -> {
                                    once.ended(failure, file.isClosing());
                                    lost |= failure != null;
                                    for (int i = 0; i < BLOCKS && counts && !lost; i++) {
                                        stored[i] = Math.max(stored[i], covered[i]);
                                    }
                                    goOn(file);
                                }));
    }

    private void askSize(AsyncFile file) {
        ask(
                "size",
                file::isClosing,
                file::size,
                (size, failure) -> {
                    check(size == null || size == BLOCKS * BYTES, "a size of " + size);
                    goOn(file);
                });
    }

    private void advise(AsyncFile file, int block) {
        ask(
                "advise",
                file::isClosing,
                () -> file.advise((long) block * BYTES, BYTES, FileAdvice.WILL_NEED),
                (same, failure) -> goOn(file));
    }

    /** All that is known, into another file. */
    private void copy(AsyncFile file) {
        Path copy = own.resolveSibling(own.getFileName() + "-copy");
        ask(
                "open",
                false,
                () ->
                        AsyncFile.open(
                                loop, copy, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                (target, failure) -> {
                    if (target == null) {
                        close(file);
                        return;
                    }
                    ask(
                            "copyTo",
                            false,
                            () -> file.copyTo(target, 0, 0, BLOCKS * BYTES + 10),
                            (count, refusal) -> {
                                check(
                                        count == null || count == BLOCKS * BYTES,
                                        count + " bytes copied");
                                target.close();
                                if (count == null) {
                                    close(file);
                                } else {
                                    look(files, copy, false, () -> close(file));
                                }
                            });
                });
    }

    @Override
    void lookAfterCrash(EventLoop other) {
        if (Arrays.stream(stored).anyMatch(version -> version != UNKNOWN)) {
            look(FileSystem.of(other), own, true, () -> {});
        }
    }

    private void look(FileSystem in, Path path, boolean afterCrash, Runnable then) {
        ask(
                "reading all blocks",
                false,
                () -> in.readAll(path, Integer.MAX_VALUE),
                (bytes, failure) -> {
                    then.run();
                    if (bytes == null) {
                        return;
                    }
                    check(bytes.length == BLOCKS * BYTES, "a size of " + bytes.length);
                    for (int i = 0; i < bytes.length; i++) {
                        int block = i / BYTES;
                        if (afterCrash) {
                            check(mayBe(bytes[i], block, i % BYTES), "byte " + i + " was lost");
                        } else if (holds[block] != UNKNOWN) {
                            check(
                                    bytes[i] == byteAt(holds[block], i % BYTES),
                                    "byte " + i + " of the copy differs");
                        }
                    }
                });
    }

    private boolean mayBe(byte found, int block, int offset) {
        for (int version = Math.max(0, stored[block]); version <= asked[block]; version++) {
            if (found == byteAt(version, offset)) {
                return true;
            }
        }
        return stored[block] == UNKNOWN;
    }

    private static byte byteAt(int version, int offset) {
        return version == 0 ? 0 : (byte) (version * 37 + offset * 7);
    }

    @Override
    public String toString() {
        return "blocks " + Arrays.toString(holds) + ", stored " + Arrays.toString(stored);
    }
}
