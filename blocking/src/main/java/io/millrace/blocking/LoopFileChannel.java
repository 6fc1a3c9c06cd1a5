// SPDX-License-Identifier: Apache-2.0
package io.millrace.blocking;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file channel over a file that blocks no carrier. Closing it ends what is in flight, but does
 * not wait for that: an interrupt closes from the thread that interrupts.
 */
final class LoopFileChannel extends FileChannel {
    private static final int TRANSFER_BYTES = 64 << 10;

    private final BlockingFile file;

    /** Not a monitor: a virtual thread that waits inside one keeps its carrier. */
    private final ReentrantLock positionLock = new ReentrantLock();

    private long position;

    LoopFileChannel(BlockingFile file) {
        this.file = file;
    }

    private interface Call {
        long make() throws IOException;
    }

    /** Between what the JDK wants before and after a call that blocks. */
    private long blocking(Call call) throws IOException {
        ensureOpen();
        boolean completed = false;
        try {
            begin();
            if (!isOpen()) {
                return 0;
            }
            long result = call.make();
            completed = true;
            return result;
        } finally {
            // Throws in place of what the call has thrown if that was because of the close.
            end(completed);
        }
    }

    private long atPosition(Call call) throws IOException {
        ensureOpen();
        positionLock.lock();
        try {
            return blocking(call);
        } finally {
            positionLock.unlock();
        }
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void ensureReadable() throws ClosedChannelException {
        ensureOpen();
        if (!file.reads()) {
            throw new NonReadableChannelException();
        }
    }

    private void ensureWritable() throws ClosedChannelException {
        ensureOpen();
        if (!file.writes()) {
            throw new NonWritableChannelException();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        ensureReadable();
        return (int) atPosition(() -> readNext(into));
    }

    private int readNext(ByteBuffer into) throws IOException {
        int count = file.read(into, position);
        position += Math.max(count, 0);
        return count;
    }

    /** As many buffers as one read after the other fills. */
    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        ensureReadable();
        return atPosition(
                () -> {
                    long all = 0;
                    for (int i = offset; i < offset + length; i++) {
                        if (!into[i].hasRemaining()) {
                            continue;
                        }
                        int count = readNext(into[i]);
                        if (count < 0) {
                            return all == 0 ? -1 : all;
                        }
                        all += count;
                        if (into[i].hasRemaining()) {
                            break;
                        }
                    }
                    return all;
                });
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
        requireNotNegative("position", at);
        ensureReadable();
        return (int) blocking(() -> file.read(into, at));
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        ensureWritable();
        return (int) atPosition(() -> writeNext(from));
    }

    private int writeNext(ByteBuffer from) throws IOException {
        if (file.appends()) {
            int count = file.append(from);
            position = file.size();
            return count;
        }
        int before = from.position();
        try {
            return file.write(from, position);
        } finally {
            // Also of a part whose rest has failed: who tries again goes on behind it.
            position += from.position() - before;
        }
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        ensureWritable();
        return atPosition(
                () -> {
                    long all = 0;
                    for (int i = offset; i < offset + length; i++) {
                        all += writeNext(from[i]);
                    }
                    return all;
                });
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
        requireNotNegative("position", at);
        ensureWritable();
        return (int) blocking(() -> file.appends() ? file.append(from) : file.write(from, at));
    }

    @Override
    public long position() throws IOException {
        return atPosition(() -> position);
    }

    @Override
    public FileChannel position(long next) throws IOException {
        requireNotNegative("position", next);
        atPosition(() -> position = next);
        return this;
    }

    private static void requireNotNegative(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a " + what + " must not be negative: " + value);
        }
    }

    @Override
    public long size() throws IOException {
        return blocking(file::size);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        requireNotNegative("size", size);
        ensureWritable();
        atPosition(
                () -> {
                    if (size < file.size()) {
                        file.truncate(size);
                    }
                    position = Math.min(position, size);
                    return 0;
                });
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        blocking(
                () -> {
                    file.sync(metaData);
                    return 0;
                });
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        requireNotNegative("position", from);
        requireNotNegative("count", count);
        ensureReadable();
        ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(count, TRANSFER_BYTES));
        long moved = 0;
        while (moved < count) {
            piece.clear().limit((int) Math.min(piece.capacity(), count - moved));
            try {
                if (read(piece, from + moved) <= 0) {
                    break;
                }
                moved += target.write(piece.flip());
            } catch (IOException failure) {
                return unlessNone(moved, failure);
            }
            if (piece.hasRemaining()) {
                break;
            }
        }
        return moved;
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long into, long count) throws IOException {
        requireNotNegative("position", into);
        requireNotNegative("count", count);
        ensureWritable();
        if (into > size()) {
            return 0;
        }
        ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(count, TRANSFER_BYTES));
        long moved = 0;
        while (moved < count) {
            piece.clear().limit((int) Math.min(piece.capacity(), count - moved));
            try {
                if (source.read(piece) <= 0) {
                    break;
                }
                moved += write(piece.flip(), into + moved);
            } catch (IOException failure) {
                return unlessNone(moved, failure);
            }
        }
        return moved;
    }

    /** What was moved before is told; the next call fails by itself. A close is told at once. */
    private static long unlessNone(long moved, IOException failure) throws IOException {
        if (moved == 0 || failure instanceof ClosedChannelException) {
            throw failure;
        }
        return moved;
    }

    /** By the JDK, which opens the file once more: a mapping needs no channel afterwards. */
    @Override
    public MappedByteBuffer map(MapMode mode, long from, long size) throws IOException {
        Objects.requireNonNull(mode, "mode");
        ensureReadable();
        if (mode != MapMode.READ_ONLY) {
            ensureWritable();
        }
        if (!file.attributes().isSameFile(file.attributesOfPath())) {
            throw new IOException(file.path() + " is another file by now, and cannot be mapped");
        }
        Set<StandardOpenOption> options =
                mode == MapMode.READ_ONLY
                        ? Set.of(StandardOpenOption.READ)
                        : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel jdk = FileChannel.open(file.path(), options)) {
            return jdk.map(mode, from, size);
        }
    }

    @Override
    public FileLock lock(long from, long size, boolean shared) {
        throw noLocks();
    }

    @Override
    public FileLock tryLock(long from, long size, boolean shared) {
        throw noLocks();
    }

    private static UnsupportedOperationException noLocks() {
        return new UnsupportedOperationException(
                "a file on a loop has no locks: they are the process's and not a descriptor's, and"
                        + " waiting for one would keep a thread; lock a FileChannel of the JDK's");
    }

    @Override
    protected void implCloseChannel() {
        file.closeSoon();
    }
}
