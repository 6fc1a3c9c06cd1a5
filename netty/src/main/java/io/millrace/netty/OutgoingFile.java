// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.StreamPort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** A {@link FileRegion} while it is sent. Loop thread only. */
abstract class OutgoingFile {
    final FileRegion region;

    private OutgoingFile(FileRegion region) {
        this.region = region;
    }

    static OutgoingFile of(FileRegion region, MillraceStreamChannel channel) throws IOException {
        File file = RegionFields.fileOf(region);
        return file == null
                ? new Staged(region, channel)
                : new ByKernel((DefaultFileRegion) region, file, channel);
    }

    /** What the driver has answered: bytes, {@link Code#PENDING}, or 0 at the file's end. */
    abstract int send(StreamPort port) throws IOException;

    /** So many bytes have left, or none could: whether nothing of the region is left to send. */
    abstract boolean isOver(int result) throws IOException;

    /** Offers bytes, if that is the way. */
    abstract void gather(Gather into);

    abstract void close();

    /** Whether the driver has opened it; what it has not sent yet can be sent by another. */
    boolean isOfDriver() {
        return false;
    }

    /** By sendfile(2), as the driver does it. */
    private static final class ByKernel extends OutgoingFile {
        private final OpenFile file;
        private final MillraceStreamChannel channel;
        private final long position;
        private long left;

        ByKernel(DefaultFileRegion region, File path, MillraceStreamChannel channel)
                throws IOException {
            super(region);
            this.channel = channel;
            position = region.position();
            left = region.count() - region.transferred();
            file = channel.ownHandler().driver().streams().openFile(path.toPath().toAbsolutePath());
        }

        @Override
        int send(StreamPort port) {
            return left == 0 ? 0 : port.sendFile(file, position + region.count() - left, left);
        }

        @Override
        boolean isOver(int result) throws IOException {
            if (result < 0) {
                throw Failed.transfer("sendFile", result, channel.remoteAddress());
            }
            if (result == 0 && left > 0) {
                throw new IOException(
                        "Underlying file size "
                                + file.size()
                                + " smaller then requested count "
                                + region.count());
            }
            left -= result;
            RegionFields.transferred((DefaultFileRegion) region, result);
            return left == 0;
        }

        @Override
        void gather(Gather into) {
            throw new IllegalStateException("the kernel reads the file by itself");
        }

        @Override
        boolean isOfDriver() {
            return true;
        }

        @Override
        void close() {
            try {
                file.close();
            } catch (IOException failure) {
                MillraceIoHandler.tell("a file that was sent could not be closed", failure);
            }
        }
    }

    /** By whatever the region does to write itself, into memory that is sent then. */
    private static final class Staged extends OutgoingFile implements WritableByteChannel {
        private static final int STAGE_BYTES = 128 << 10;

        private final MillraceStreamChannel channel;
        private final ByteBuf stage;

        Staged(FileRegion region, MillraceStreamChannel channel) {
            super(region);
            this.channel = channel;
            long bytes = Math.min(region.count() - region.transferred(), STAGE_BYTES);
            stage = channel.alloc().directBuffer(Math.max(1, (int) bytes));
        }

        @Override
        int send(StreamPort port) throws IOException {
            if (!stage.isReadable()) {
                stage.clear();
                if (region.transferred() < region.count()) {
                    fill();
                }
            }
            return stage.isReadable() ? port.sendPassing() : 0;
        }

        private void fill() throws IOException {
            if (region.transferTo(this, region.transferred()) < 0) {
                throw new IOException("the region ended before its " + region.count() + " bytes");
            }
        }

        @Override
        boolean isOver(int result) throws IOException {
            if (result < 0) {
                throw Failed.transfer("write", result, channel.remoteAddress());
            }
            stage.skipBytes(result);
            return !stage.isReadable() && region.transferred() >= region.count();
        }

        @Override
        void gather(Gather into) {
            int from = stage.readerIndex();
            ByteBuffer bytes = stage.internalNioBuffer(from, stage.readableBytes());
            into.add(bytes, 0, bytes.position(), bytes.limit());
        }

        @Override
        public int write(ByteBuffer source) {
            int count = Math.min(source.remaining(), stage.maxFastWritableBytes());
            int limit = source.limit();
            source.limit(source.position() + count);
            stage.writeBytes(source);
            source.limit(limit);
            return count;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {
            if (stage.refCnt() > 0) {
                stage.release();
            }
        }
    }

    /** What {@link DefaultFileRegion} keeps to itself, where it can be had. */
    private static final class RegionFields {
        private static final java.lang.reflect.@Nullable Field FILE = field("f");
        private static final java.lang.reflect.@Nullable Field TRANSFERRED = field("transferred");

        static java.lang.reflect.@Nullable Field field(String name) {
            try {
                java.lang.reflect.Field field = DefaultFileRegion.class.getDeclaredField(name);
                field.setAccessible(true);
                return field;
            } catch (ReflectiveOperationException | RuntimeException notOpen) {
                // Of another Netty, or a named module: such regions write themselves.
                return null;
            }
        }

        /** The file that is to be sent, if the region was made of one. */
        static @Nullable File fileOf(FileRegion region) {
            if (region.getClass() != DefaultFileRegion.class
                    || FILE == null
                    || TRANSFERRED == null) {
                return null;
            }
            try {
                return (File) FILE.get(region);
            } catch (IllegalAccessException notOpen) {
                // As above.
                return null;
            }
        }

        static void transferred(DefaultFileRegion region, long bytes) {
            try {
                if (TRANSFERRED != null) {
                    TRANSFERRED.setLong(region, region.transferred() + bytes);
                }
            } catch (IllegalAccessException notOpen) {
                throw new AssertionError("it was, before the file was opened", notOpen);
            }
        }
    }
}
