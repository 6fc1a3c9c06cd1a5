// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * {@link AsynchronousFileChannel} with its default threads; the ends come back to the calling
 * thread by a queue.
 */
final class Nio2FileKind implements FileKind {
    @Override
    public String name() {
        return NIO2;
    }

    @Override
    public FileLoad open(Path path, int inFlight) throws IOException {
        AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(
                        path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new ChannelFile(channel, inFlight);
    }

    private record End(int place, @Nullable IOException problem) {}

    private static final class ChannelFile extends FileLoad
            implements CompletionHandler<Integer, Integer> {
        private final AsynchronousFileChannel channel;
        private final Integer[] places;
        private final BlockingQueue<End> ends;

        ChannelFile(AsynchronousFileChannel channel, int inFlight) {
            super(inFlight);
            this.channel = channel;
            places = new Integer[inFlight];
            for (int i = 0; i < inFlight; i++) {
                places[i] = i;
            }
            ends = new ArrayBlockingQueue<>(inFlight);
        }

        @Override
        void startRead(int place, ByteBuffer buffer, long position) {
            channel.read(buffer, position, places[place], this);
        }

        @Override
        void startWrite(int place, ByteBuffer buffer, long position) {
            channel.write(buffer, position, places[place], this);
        }

        /** On a thread of the channel's. */
        @Override
        public void completed(Integer count, Integer place) {
            ends.add(new End(place, null));
        }

        /** On a thread of the channel's. */
        @Override
        public void failed(Throwable failure, Integer place) {
            ends.add(new End(place, new IOException(failure)));
        }

        @Override
        void awaitEnds() throws IOException {
            try {
                End end = ends.take();
                ended(end.place(), end.problem());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for a block");
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
