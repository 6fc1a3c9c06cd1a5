// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.file;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileWriteCallback;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file of a Millrace loop, which the calling thread turns. */
record LoopFileKind(String name) implements FileKind {
    @Override
    public FileLoad open(Path path, int inFlight) throws IOException {
        EventLoop loop = EventLoop.open(LoopOptions.builder().backend(name).build());
        try {
            return new LoopFile(loop, path, inFlight);
        } catch (IOException | RuntimeException e) {
            loop.closeAll();
            throw e;
        }
    }

    private static final class LoopFile extends FileLoad {
        private final EventLoop loop;
        private final End[] ends;
        private @Nullable AsyncFile file;
        private @Nullable Throwable refusal;

        LoopFile(EventLoop loop, Path path, int inFlight) throws IOException {
            super(inFlight);
            this.loop = loop;
            ends = new End[inFlight];
            for (int i = 0; i < inFlight; i++) {
                ends[i] = new End(this, i);
            }
            AsyncFile.open(loop, path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    .whenComplete(this::opened);
            loop.run();
            if (refusal != null) {
                throw new IOException("cannot open " + path, refusal);
            }
        }

        private void opened(@Nullable AsyncFile opened, @Nullable Throwable failure) {
            file = opened;
            refusal = failure;
        }

        @Override
        void startRead(int place, ByteBuffer buffer, long position) {
            Objects.requireNonNull(file).read(buffer, position, ends[place]);
        }

        @Override
        void startWrite(int place, ByteBuffer buffer, long position) {
            Objects.requireNonNull(file).write(buffer, position, ends[place]);
        }

        @Override
        void awaitEnds() throws IOException {
            loop.run(RunMode.ONCE);
        }

        @Override
        public void close() throws IOException {
            loop.closeAll();
        }
    }

    /** The callback of one place, used again for all of its blocks. */
    private record End(LoopFile load, int place) implements FileReadCallback, FileWriteCallback {
        @Override
        public void onRead(AsyncFile file, ByteBuffer buffer, int count) {
            load.ended(place, null);
        }

        @Override
        public void onFailure(AsyncFile file, ByteBuffer buffer, IoException failure) {
            load.ended(place, failure);
        }

        @Override
        public void onWritten(AsyncFile file, ByteBuffer buffer, @Nullable IoException failure) {
            load.ended(place, failure);
        }
    }
}
