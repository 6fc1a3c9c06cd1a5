// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.Accepted;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileRequest;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.LoopContext;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** A driver that does nothing but call, during poll, whatever a test wants it to. */
final class UnrulyDriver implements Driver, StreamEngine {
    private Runnable duringPoll = () -> {};
    private boolean waits = true;
    private int answer = 1;
    private StreamSink sink;
    private LoopContext context;
    private FileRequest request;

    void duringPoll(Runnable calls) {
        duringPoll = calls;
    }

    void forgetWait() {
        waits = false;
    }

    void answer(int count) {
        answer = count;
    }

    StreamSink sink() {
        return Objects.requireNonNull(sink);
    }

    /** The file request that was started last. */
    FileRequest request() {
        return Objects.requireNonNull(request);
    }

    static PoolChunk emptyChunk() {
        PoolChunk chunk =
                new PoolChunk(ByteBuffer.allocateDirect(8), 0) {
                    @Override
                    protected boolean isScarce() {
                        return false;
                    }

                    @Override
                    protected PoolChunk copyElsewhere() {
                        return this;
                    }

                    @Override
                    protected void recycle() {}
                };
        chunk.lend();
        return chunk;
    }

    static OpenFile emptyFile() {
        return new OpenFile() {
            @Override
            public int descriptor() {
                return -1;
            }

            @Override
            public long size() {
                return 0;
            }

            @Override
            public int read(ByteBuffer into, long position) {
                return 0;
            }

            @Override
            public void close() {}
        };
    }

    BackendProvider provider() {
        return new BackendProvider() {
            @Override
            public String name() {
                return "unruly";
            }

            @Override
            public int rank() {
                return -1;
            }

            @Override
            public Availability probe() {
                return Availability.usable("for tests", Map.of());
            }

            @Override
            public Driver open(DriverConfig config, LoopContext loop) {
                context = loop;
                return UnrulyDriver.this;
            }
        };
    }

    @Override
    public int poll(long timeoutNanos) {
        if (waits) {
            context.waitBegins();
            context.waitEnded(0);
        }
        duringPoll.run();
        return answer;
    }

    @Override
    public StreamPort stream(StandardProtocolFamily family, StreamSink newSink) {
        sink = newSink;
        return new SilentPort();
    }

    @Override
    public FileEngine files() {
        return new FileEngine() {
            @Override
            public void start(FileRequest started) {
                request = started;
            }

            @Override
            public void cancel(FileRequest cancelled) {}
        };
    }

    @Override
    public StreamEngine streams() {
        return this;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.NONE;
    }

    @Override
    public void wakeup() {}

    @Override
    public ListenerPort listen(ListenSpec spec, ListenerSink newSink) {
        return new SilentListener();
    }

    @Override
    public StreamPort adopt(Accepted connection, StreamSink newSink) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OpenFile openFile(Path path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    /** Listens to nobody. */
    private static final class SilentListener extends Silent implements ListenerPort {
        @Override
        public void startAccept() {}

        @Override
        public void stopAccept() {}
    }

    /** Takes every command and never says a word. */
    private static final class SilentPort extends Silent implements StreamPort {
        @Override
        public int connect(SocketAddress to) {
            return Code.PENDING;
        }

        @Override
        public void startReceive() {}

        @Override
        public void stopReceive() {}

        @Override
        public void receiveInto(ByteBuffer target) {}

        @Override
        public int send() {
            return Code.PENDING;
        }

        @Override
        public int sendPassing() {
            return Code.PENDING;
        }

        @Override
        public int trySend(ByteBuffer source) {
            return Code.WOULD_BLOCK;
        }

        @Override
        public int sendFile(OpenFile file, long position, long count) {
            return Code.PENDING;
        }

        @Override
        public int shutdownOutput() {
            return Code.OK;
        }

        @Override
        public SocketAddress remoteAddress() {
            return null;
        }
    }

    /** What both kinds of ports take. */
    private abstract static class Silent implements SocketPort {
        @Override
        public void close() {}

        @Override
        public SocketAddress localAddress() {
            return null;
        }

        @Override
        public int setOption(PortOption option, int value) {
            return Code.OK;
        }

        @Override
        public int getOption(PortOption option) {
            return 0;
        }

        @Override
        public int descriptor() {
            return -1;
        }
    }
}
