// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Opens scripted sockets. The next one made gets the name that was asked for last. */
final class ScriptedSockets implements RawSockets {
    String nextName = "s";
    ScriptedStream lastStream;
    ScriptedListener lastListener;
    RawWatch lastWatch;

    Runnable beforeAdd = () -> {};
    Runnable afterRow = () -> {};

    private final List<String> log;

    ScriptedSockets(List<String> log) {
        this.log = log;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.NONE.withMaximumGather(4);
    }

    @Override
    public ReceiveRow receiveRow(int capacity) {
        ReceiveRow row = RawSockets.super.receiveRow(capacity);
        return new ReceiveRow() {
            @Override
            public void add(RawStream stream, PoolChunk into) {
                beforeAdd.run();
                row.add(stream, into);
            }

            @Override
            public int run(int enough) {
                int made = row.run(enough);
                afterRow.run();
                return made;
            }

            @Override
            public int result(int index) {
                return row.result(index);
            }
        };
    }

    @Override
    public RawListener listen(ListenSpec spec) {
        lastListener = new ScriptedListener(log, nextName);
        return lastListener;
    }

    @Override
    public RawStream stream(StandardProtocolFamily family) {
        lastStream = new ScriptedStream(log, nextName);
        return lastStream;
    }

    @Override
    public RawStream adopt(Accepted connection) throws IoException {
        throw IoException.of(Code.TOO_MANY_FILES, "adopt", null);
    }

    @Override
    public RawWatch watch(int descriptor) {
        lastWatch =
                new RawWatch(descriptor) {
                    @Override
                    public String toString() {
                        return nextName;
                    }
                };
        return lastWatch;
    }

    @Override
    public OpenFile openFile(Path path) throws IoException {
        throw IoException.of(Code.NO_SUCH_FILE, "open", null);
    }

    /** A listener whose accepts are scripted: 1 for a connection, else a code; then WOULD_BLOCK. */
    static final class ScriptedListener extends RawListener {
        final Deque<Integer> accepts = new ArrayDeque<>();
        private final List<String> log;
        private final String name;

        ScriptedListener(List<String> log, String name) {
            this.log = log;
            this.name = name;
        }

        @Override
        public int accept() {
            log.add("accept " + name);
            return accepts.isEmpty() ? Code.WOULD_BLOCK : accepts.remove();
        }

        @Override
        public Accepted accepted() {
            return () -> log.add("close accepted");
        }

        @Override
        public SocketAddress localAddress() {
            return null;
        }

        @Override
        public int setOption(PortOption option, int value) {
            return Code.NOT_SUPPORTED;
        }

        @Override
        public int getOption(PortOption option) {
            return Code.NOT_SUPPORTED;
        }

        @Override
        public int descriptor() {
            return -1;
        }

        @Override
        public void close() {
            log.add("close " + name);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
