// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.process.Pipe;
import io.millrace.spi.Code;
import io.millrace.spi.Descriptors;
import io.millrace.spi.Descriptors.Direction;
import io.millrace.spi.Failures;
import io.millrace.spi.FileErrors;
import io.millrace.spi.SystemServices;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Pipe}. */
public final class LoopPipe extends DeviceStream implements Pipe {
    /** Whom it concerns that everything was read. */
    private @Nullable Runnable onReadingEnded;

    private boolean hasReadingEnded;

    private LoopPipe(Loop loop, String name) {
        super(loop, name);
    }

    /** On failure the ends are still the caller's. */
    private static LoopPipe of(
            Loop loop, String name, @Nullable RawEnd source, @Nullable RawEnd target)
            throws IoException {
        engineOf(loop);
        LoopPipe made = new LoopPipe(loop, name);
        made.open(source, target);
        return made;
    }

    private static Descriptors callsOf(Loop loop, String what) {
        return systemOf(loop, what).descriptors();
    }

    public static Pair open(Loop sourceLoop, Loop sinkLoop) throws IoException {
        Objects.requireNonNull(sourceLoop, "sourceLoop");
        Objects.requireNonNull(sinkLoop, "sinkLoop");
        engineOf(sourceLoop);
        engineOf(sinkLoop);
        SystemServices ofSource = sourceLoop.driver.system();
        SystemServices ofSink = sinkLoop.driver.system();
        if (ofSource == null && ofSink == null) {
            return openChannels(sourceLoop, sinkLoop);
        }
        if (ofSource == null || ofSink == null) {
            throw new UnsupportedOperationException(
                    "backend "
                            + (ofSource == null ? sourceLoop : sinkLoop).backend().name()
                            + " has no descriptors, and the other loop of the pair has");
        }
        int[] ends = new int[2];
        ofSource.descriptors().pipe(ends);
        return pair(
                sourceLoop,
                new RawEnd.OfDescriptor(ofSource.descriptors(), ends[0], null, false),
                sinkLoop,
                new RawEnd.OfDescriptor(ofSink.descriptors(), ends[1], null, false));
    }

    private static Pair openChannels(Loop sourceLoop, Loop sinkLoop) throws IoException {
        try {
            java.nio.channels.Pipe channels = java.nio.channels.Pipe.open();
            return pair(
                    sourceLoop,
                    new RawEnd.OfChannel(unblocked(channels.source(), channels.sink())),
                    sinkLoop,
                    new RawEnd.OfChannel(unblocked(channels.sink(), channels.source())));
        } catch (IoException failure) {
            throw failure;
        } catch (IOException failure) {
            throw IoException.of(FileErrors.codeOf(failure), "pipe", null, 0, failure);
        }
    }

    private static SelectableChannel unblocked(SelectableChannel channel, SelectableChannel other)
            throws IOException {
        try {
            channel.configureBlocking(false);
            return channel;
        } catch (IOException | RuntimeException | Error failure) {
            channel.close();
            other.close();
            throw failure;
        }
    }

    private static Pair pair(Loop sourceLoop, RawEnd source, Loop sinkLoop, RawEnd sink)
            throws IoException {
        LoopPipe reading;
        try {
            reading = of(sourceLoop, "pipe", source, null);
        } catch (IoException | RuntimeException | Error failure) {
            source.close();
            sink.close();
            throw failure;
        }
        try {
            return new Pair(reading, of(sinkLoop, "pipe", null, sink));
        } catch (IoException | RuntimeException | Error failure) {
            reading.close();
            sink.close();
            throw failure;
        }
    }

    public static LoopPipe adopt(Loop loop, int descriptor) throws IoException {
        Descriptors calls = callsOf(loop, "adopt descriptor " + descriptor);
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
        try {
            return adopt(loop, calls, descriptor);
        } catch (IoException failure) {
            throw Failures.named("adopt descriptor " + descriptor, null, failure);
        }
    }

    private static LoopPipe adopt(Loop loop, Descriptors calls, int descriptor) throws IoException {
        Descriptors.Kind kind = calls.kind(descriptor);
        if (kind == Descriptors.Kind.SOCKET || kind == Descriptors.Kind.FILE) {
            boolean isFile = kind == Descriptors.Kind.FILE;
            throw IoException.because(
                    isFile ? Code.NOT_PERMITTED : Code.INVALID_ARGUMENT,
                    "adopt descriptor " + descriptor,
                    isFile
                            ? "it is a file, or of another kind that is always ready; see AsyncFile"
                            : "it is a socket; see TcpStream and UnixStream");
        }
        Direction direction = calls.direction(descriptor);
        calls.setCloseOnExec(descriptor);
        boolean isTerminal = kind == Descriptors.Kind.TERMINAL;
        int users = direction == Direction.BOTH ? 2 : 1;
        Unblocked shared = Unblocked.enter(calls, descriptor, users);
        int second = -1;
        try {
            second = direction == Direction.BOTH ? calls.duplicate(descriptor) : descriptor;
            return of(
                    loop,
                    "descriptor " + descriptor,
                    direction.reads()
                            ? new RawEnd.OfDescriptor(calls, descriptor, shared, isTerminal)
                            : null,
                    direction.writes()
                            ? new RawEnd.OfDescriptor(calls, second, shared, isTerminal)
                            : null);
        } catch (IoException | RuntimeException | Error failure) {
            if (second >= 0 && second != descriptor) {
                calls.close(second);
            }
            if (shared != null) {
                shared.leave(users);
            }
            throw failure;
        }
    }

    public static LoopPipe openFifo(Loop loop, Path path, boolean toWrite) throws IoException {
        Descriptors calls = callsOf(loop, "open " + Objects.requireNonNull(path, "path"));
        int descriptor = calls.openFifo(path, toWrite);
        RawEnd end = new RawEnd.OfDescriptor(calls, descriptor, null, false);
        try {
            return of(loop, path.toString(), toWrite ? null : end, toWrite ? end : null);
        } catch (IoException | RuntimeException | Error failure) {
            end.close();
            throw failure;
        }
    }

    public static void makeFifo(Loop loop, Path path, Set<PosixFilePermission> permissions)
            throws IoException {
        Objects.requireNonNull(permissions, "permissions");
        Descriptors calls = callsOf(loop, "make " + Objects.requireNonNull(path, "path"));
        int mode = 0;
        for (PosixFilePermission each : permissions) {
            mode |= bit(each);
        }
        calls.makeFifo(path, mode);
    }

    private static int bit(PosixFilePermission permission) {
        return switch (permission) {
            case OWNER_READ -> 0400;
            case OWNER_WRITE -> 0200;
            case OWNER_EXECUTE -> 0100;
            case GROUP_READ -> 0040;
            case GROUP_WRITE -> 0020;
            case GROUP_EXECUTE -> 0010;
            case OTHERS_READ -> 0004;
            case OTHERS_WRITE -> 0002;
            case OTHERS_EXECUTE -> 0001;
        };
    }

    public static LoopPipe join(LoopPipe source, LoopPipe sink) throws IoException {
        Loop loop = source.loop();
        if (!source.isOneWay(true) || !sink.isOneWay(false) || sink.loop() != loop) {
            throw new IllegalArgumentException(
                    "join: takes one that is read from only and one that is written to only, of"
                            + " the same loop, not "
                            + source
                            + " and "
                            + sink);
        }
        source.ensureUnused();
        sink.ensureUnused();
        RawEnd in = source.port().give(true);
        RawEnd out = sink.port().give(false);
        source.close();
        sink.close();
        try {
            return of(loop, source.name() + " and " + sink.name(), in, out);
        } catch (IoException | RuntimeException | Error failure) {
            in.close();
            out.close();
            throw failure;
        }
    }

    /** Our end of a child's pipe. On failure it is closed. */
    static LoopPipe ofChild(
            Loop loop, Descriptors calls, String name, int descriptor, boolean isSource)
            throws IoException {
        RawEnd end = new RawEnd.OfDescriptor(calls, descriptor, null, false);
        try {
            return of(loop, name, isSource ? end : null, isSource ? null : end);
        } catch (IoException | RuntimeException | Error failure) {
            end.close();
            throw failure;
        }
    }

    void onReadingEnded(Runnable callback) {
        onReadingEnded = callback;
    }

    /** Whether its end was told, or it is closing. */
    boolean hasReadingEnded() {
        return hasReadingEnded;
    }

    @Override
    protected void readingEnded() {
        hasReadingEnded = true;
        Runnable callback = onReadingEnded;
        if (callback != null) {
            callback.run();
        }
    }

    @Override
    public void startClosing() {
        super.startClosing();
        readingEnded();
    }

    private boolean isOneWay(boolean readable) {
        return isSource() == readable && isSink() != readable;
    }

    private void ensureUnused() {
        ensureOpen("join");
        if (!isUnused()) {
            throw new IllegalStateException("join: " + this + " was used already");
        }
    }

    @Override
    public boolean isSource() {
        return reads();
    }

    @Override
    public boolean isSink() {
        return writes();
    }
}
