// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Descriptors;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Gather;
import io.millrace.spi.Log;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** One end of a pipe, used in one direction: calls that do not wait, and answer codes. */
abstract class RawEnd {
    private RawEnd() {}

    abstract WatchPort watch(WatchEngine engine, WatchSink sink) throws IoException;

    /** Bytes, END_OF_STREAM, WOULD_BLOCK, or why not. */
    abstract int receive(PoolChunk into);

    /** The same into a direct buffer, whose position and limit stay. */
    abstract int receive(ByteBuffer into);

    /** Bytes taken, WOULD_BLOCK, or why not. */
    abstract int send(Gather from);

    abstract int descriptor();

    abstract void close();

    /** By its number, where the system's calls can be made. */
    static final class OfDescriptor extends RawEnd {
        private static final int NONE = -1;

        private final Descriptors calls;
        private final @Nullable Unblocked shared;

        /** A terminal whose other side has gone says so by an error. */
        private final boolean isTerminal;

        private int fd;

        /** A close closes the descriptor, and leaves once what it shares with others. */
        OfDescriptor(Descriptors calls, int fd, @Nullable Unblocked shared, boolean isTerminal) {
            this.calls = calls;
            this.fd = fd;
            this.shared = shared;
            this.isTerminal = isTerminal;
        }

        @Override
        WatchPort watch(WatchEngine engine, WatchSink sink) throws IoException {
            return engine.watch(fd, sink);
        }

        @Override
        int receive(PoolChunk into) {
            return received(calls.read(fd, into.address(), into.capacity()));
        }

        @Override
        int receive(ByteBuffer into) {
            return received(
                    calls.read(fd, calls.addressOf(into) + into.position(), into.remaining()));
        }

        private int received(int result) {
            return isTerminal && result == Code.IO_ERROR ? Code.END_OF_STREAM : result;
        }

        @Override
        int send(Gather from) {
            return calls.write(fd, from);
        }

        @Override
        int descriptor() {
            return fd;
        }

        @Override
        void close() {
            if (fd == NONE) {
                return;
            }
            int closing = fd;
            fd = NONE;
            try {
                if (shared != null) {
                    shared.leave(1);
                }
            } finally {
                calls.close(closing);
            }
        }
    }

    /** By a channel of the JDK's, which does not block. */
    static final class OfChannel extends RawEnd {
        private final SelectableChannel channel;

        OfChannel(SelectableChannel channel) {
            this.channel = channel;
        }

        @Override
        WatchPort watch(WatchEngine engine, WatchSink sink) throws IoException {
            return engine.watch(channel, sink);
        }

        @Override
        int receive(PoolChunk into) {
            return receiveAt(into.memory().clear());
        }

        @Override
        int receive(ByteBuffer into) {
            int start = into.position();
            int result = receiveAt(into);
            into.position(start);
            return result;
        }

        private int receiveAt(ByteBuffer into) {
            try {
                int result = ((ReadableByteChannel) channel).read(into);
                return result > 0 ? result : result == 0 ? Code.WOULD_BLOCK : Code.END_OF_STREAM;
            } catch (IOException failure) {
                return FileErrors.codeOf(failure);
            }
        }

        @Override
        int send(Gather from) {
            try {
                long result =
                        ((GatheringByteChannel) channel)
                                .write(from.buffers(), 0, from.countOfDistinct());
                return result > 0 ? (int) result : Code.WOULD_BLOCK;
            } catch (IOException failure) {
                // The one thing that goes wrong here, whatever language the system says it in.
                int code = FileErrors.codeOf(failure);
                return code == Code.IO_ERROR ? Code.BROKEN_PIPE : code;
            }
        }

        @Override
        int descriptor() {
            return -1;
        }

        @Override
        void close() {
            try {
                channel.close();
            } catch (IOException lost) {
                // A pipe keeps nothing back that a close could fail to write.
                Log.CORE.report(System.Logger.Level.DEBUG, "a pipe, closed, fails", lost);
            }
        }
    }
}
