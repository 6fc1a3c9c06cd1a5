// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.SignalWatch;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.signal.LoopSignal;
import io.millrace.process.DescriptorKind;
import io.millrace.process.Pipe;
import io.millrace.process.Terminal;
import io.millrace.spi.Code;
import io.millrace.spi.Descriptors;
import io.millrace.spi.Descriptors.Direction;
import io.millrace.spi.Failures;
import io.millrace.spi.Log;
import io.millrace.spi.SystemServices;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Terminal}. */
public final class LoopTerminal extends DeviceStream implements Terminal {
    private final SystemServices system;
    private final String identity;
    private @Nullable RawTerminals raw;
    private @Nullable SignalWatch resizes;
    private @Nullable SizeHandler sizeHandler;
    private Size lastSize = new Size(0, 0);

    private LoopTerminal(Loop loop, SystemServices system, String name, String identity) {
        super(loop, name);
        this.system = system;
        this.identity = identity;
    }

    public static LoopTerminal open(Loop loop, int descriptor) throws IoException {
        String operation = "open terminal " + descriptor;
        SystemServices system = systemOf(loop, operation);
        ensureNumber(descriptor);
        try {
            String identity = system.terminals().identity(descriptor);
            Direction direction = system.descriptors().direction(descriptor);
            int own = system.terminals().reopen(descriptor);
            return of(loop, system, "terminal " + descriptor, identity, own, direction);
        } catch (IoException failure) {
            throw failure.code() == Code.NOT_A_TERMINAL
                    ? IoException.because(
                            failure.code(),
                            operation,
                            "it is something else; Terminal.kindOf says what")
                    : Failures.named(operation, null, failure);
        }
    }

    private static void ensureNumber(int descriptor) {
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
    }

    /** Takes the descriptor over; on failure it is closed. */
    private static LoopTerminal of(
            Loop loop,
            SystemServices system,
            String name,
            String identity,
            int own,
            Direction direction)
            throws IoException {
        Descriptors calls = system.descriptors();
        int users = direction == Direction.BOTH ? 2 : 1;
        Unblocked shared = null;
        int second = own;
        try {
            shared = Unblocked.enter(calls, own, users);
            second = direction == Direction.BOTH ? calls.duplicate(own) : own;
            LoopTerminal made = new LoopTerminal(loop, system, name, identity);
            made.open(
                    direction.reads() ? new RawEnd.OfDescriptor(calls, own, shared, true) : null,
                    direction.writes()
                            ? new RawEnd.OfDescriptor(calls, second, shared, true)
                            : null);
            return made;
        } catch (IoException | RuntimeException | Error failure) {
            if (shared != null) {
                shared.leave(users);
            }
            if (second != own) {
                calls.close(second);
            }
            calls.close(own);
            throw failure;
        }
    }

    public static Pair openPair(Loop loop) throws IoException {
        SystemServices system = systemOf(loop, "open a pseudo-terminal");
        int[] ends = new int[2];
        system.terminals().open(ends);
        String identity;
        Pipe screen;
        try {
            identity = system.terminals().identity(ends[1]);
            screen = LoopPipe.adopt(loop, ends[0]);
        } catch (IoException | RuntimeException | Error failure) {
            system.descriptors().close(ends[0]);
            system.descriptors().close(ends[1]);
            throw failure;
        }
        try {
            return new Pair(screen, of(loop, system, identity, identity, ends[1], Direction.BOTH));
        } catch (IoException | RuntimeException | Error failure) {
            screen.close();
            throw failure;
        }
    }

    public static DescriptorKind kindOf(Loop loop, int descriptor) throws IoException {
        SystemServices system = systemOf(loop, "kind of descriptor " + descriptor);
        ensureNumber(descriptor);
        try {
            return switch (system.descriptors().kind(descriptor)) {
                case TERMINAL -> DescriptorKind.TERMINAL;
                case PIPE -> DescriptorKind.PIPE;
                case SOCKET -> DescriptorKind.SOCKET;
                case FILE -> DescriptorKind.FILE;
            };
        } catch (IoException failure) {
            throw Failures.named("kind of descriptor " + descriptor, null, failure);
        }
    }

    @Override
    public Mode mode() {
        loop().check("mode");
        return raw == null ? Mode.LINE : Mode.RAW;
    }

    @Override
    public void mode(Mode mode) throws IoException {
        Objects.requireNonNull(mode, "mode");
        ensureOpen("mode");
        RawTerminals current = raw;
        if ((mode == Mode.RAW) == (current != null)) {
            return;
        }
        try {
            if (current != null) {
                raw = null;
                current.leave();
            } else {
                raw = RawTerminals.enter(system, identity, fileDescriptor());
            }
        } catch (IoException failure) {
            throw Failures.named("mode " + mode + " of " + name(), null, failure);
        }
    }

    @Override
    public Size size() throws IoException {
        ensureOpen("size");
        try {
            long size = system.terminals().size(fileDescriptor());
            return new Size((int) (size >>> 32), (int) size);
        } catch (IoException failure) {
            throw Failures.named("size of " + name(), null, failure);
        }
    }

    @Override
    public void size(Size size) throws IoException {
        Objects.requireNonNull(size, "size");
        ensureOpen("size");
        try {
            system.terminals().setSize(fileDescriptor(), size.columns(), size.rows());
        } catch (IoException failure) {
            throw Failures.named("size of " + name(), null, failure);
        }
    }

    @Override
    public void onSize(SizeHandler handler) throws IoException {
        Objects.requireNonNull(handler, "handler");
        lastSize = size();
        sizeHandler = handler;
        if (resizes == null) {
            SignalWatch watch = LoopSignal.open(loop(), "WINCH");
            resizes = watch;
            watch.unref();
            watch.start(same -> mayHaveChanged());
        }
    }

    private void mayHaveChanged() {
        SizeHandler handler = sizeHandler;
        if (!isOpen() || handler == null) {
            return;
        }
        try {
            Size now = size();
            if (!now.equals(lastSize)) {
                lastSize = now;
                loop().guard.run(this, () -> handler.onSize(this, now));
            }
        } catch (IoException gone) {
            // Reading and writing say so as well.
            Log.CORE.report(System.Logger.Level.DEBUG, "no size of " + this, gone);
        }
    }

    @Override
    public void startClosing() {
        letGo();
        super.startClosing();
    }

    @Override
    public void abandon() {
        letGo();
        super.abandon();
    }

    private void letGo() {
        SignalWatch watch = resizes;
        resizes = null;
        if (watch != null) {
            watch.close();
        }
        RawTerminals current = raw;
        raw = null;
        if (current != null) {
            try {
                current.leave();
            } catch (IoException gone) {
                Log.CORE.report(System.Logger.Level.DEBUG, name() + " stays raw", gone);
            }
        }
    }
}
