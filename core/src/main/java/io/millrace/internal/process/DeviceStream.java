// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.stream.LoopStream;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import io.millrace.net.ReadHandler;
import io.millrace.net.WriteCallback;
import io.millrace.spi.Code;
import io.millrace.spi.SystemServices;
import io.millrace.spi.WatchEngine;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What pipes and terminals have in common: a stream over a {@link PipePort}, perhaps one-way. */
public abstract class DeviceStream extends LoopStream {
    private final PipePort port;
    private final String name;

    DeviceStream(Loop loop, String name) {
        super(loop, true);
        this.name = name;
        port = new PipePort(loop, this, sink());
    }

    /** On failure the ends are still the caller's. */
    final void open(@Nullable RawEnd source, @Nullable RawEnd target) throws IoException {
        port.open(engineOf(loop()), source, target);
        takePort(port);
    }

    static WatchEngine engineOf(Loop loop) {
        loop.check("open a pipe");
        loop.ensureOpen();
        WatchEngine engine = loop.driver.watches();
        if (engine == null) {
            throw new UnsupportedOperationException(
                    "backend " + loop.backend().name() + " has nothing to wait for pipes by");
        }
        return engine;
    }

    /** The loop's calls, for what only those can do. */
    static SystemServices systemOf(Loop loop, String what) {
        engineOf(Objects.requireNonNull(loop, "loop"));
        SystemServices system = loop.driver.system();
        if (system == null) {
            throw new UnsupportedOperationException(
                    what
                            + ": backend "
                            + loop.backend().name()
                            + " has no descriptors; epoll, io_uring, kqueue, poll and select have");
        }
        return system;
    }

    final PipePort port() {
        return port;
    }

    final String name() {
        return name;
    }

    final boolean reads() {
        return port.reads();
    }

    final boolean writes() {
        return port.writes();
    }

    private void ensureSource(String method) {
        if (!reads()) {
            throw new UnsupportedOperationException(method + ": " + this + " is only written to");
        }
    }

    private void ensureSink(String method) {
        if (!writes()) {
            throw new UnsupportedOperationException(method + ": " + this + " is only read from");
        }
    }

    @Override
    public void read(ReadHandler handler) {
        ensureSource("read");
        super.read(handler);
    }

    @Override
    public void read(ByteBuffer buffer, ReadCallback callback) {
        ensureSource("read");
        super.read(buffer, callback);
    }

    @Override
    public void readFully(ByteBuffer buffer, ReadCallback callback) {
        ensureSource("readFully");
        super.readFully(buffer, callback);
    }

    @Override
    public boolean write(Chunk chunk, @Nullable WriteCallback callback) {
        ensureSink("write");
        return super.write(chunk, callback);
    }

    @Override
    public boolean write(ByteBuffer buffer, @Nullable WriteCallback callback) {
        ensureSink("write");
        return super.write(buffer, callback);
    }

    @Override
    public boolean write(ByteBuffer[] buffers, @Nullable WriteCallback callback) {
        ensureSink("write");
        return super.write(buffers, callback);
    }

    @Override
    public boolean write(byte[] bytes, int offset, int count, @Nullable WriteCallback callback) {
        ensureSink("write");
        return super.write(bytes, offset, count, callback);
    }

    @Override
    public int tryWrite(ByteBuffer buffer) throws IoException {
        ensureSink("tryWrite");
        return super.tryWrite(buffer);
    }

    @Override
    public boolean sendFile(
            Path file, long position, long count, @Nullable WriteCallback callback) {
        ensureSink("sendFile");
        return super.sendFile(file, position, count, callback);
    }

    @Override
    public CompletionStage<ByteStream> shutdown() {
        ensureSink("shutdown");
        return super.shutdown();
    }

    @Override
    public boolean isWritable() {
        return super.isWritable() && writes();
    }

    @Override
    protected IoException failure(
            String operation, int code, @Nullable SocketAddress peer, long bytesTransferred) {
        return IoException.withMessage(
                code,
                operation,
                null,
                null,
                bytesTransferred,
                operation + " " + name + ": " + Code.name(code) + " (" + Code.describe(code) + ")",
                null);
    }

    @Override
    public void abandon() {
        port.abandon();
        super.abandon();
    }

    @Override
    public String details() {
        return " " + name;
    }
}
