// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.FileAttributes;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.OpenFile;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a regular file comes to be open: looks what is there, opens that if it is a regular file or
 * nothing, and looks again at what it has opened. Loop thread only.
 *
 * <p>Looks first because devices do things when they are opened, opening a FIFO would wait for its
 * other end, and systems disagree whether a directory can be opened. Another may have put one of
 * those in the file's place before it is opened: so opening does not wait, and what is open is
 * looked at again. Only the JDK's own files cannot be opened without waiting.
 */
class Opening extends LoopFileRequest {
    /** Who wants the file. Hears once how it has come out, and never from inside {@link #begin}. */
    interface Listener {
        /** Whether it is to go on; asked between its steps. */
        boolean wantsFile();

        void fileOpened(long size);

        /** There may be an open {@link #result} all the same, which is to be closed. */
        void fileFailed(IoException reason);
    }

    private final @Nullable LoopHandle owner;
    private final Path named;
    private final Set<StandardOpenOption> options;
    private final int openFlags;
    private final Listener listener;
    private boolean inFlight;
    private @Nullable OpenFile opened;

    /**
     * @param owner whose file it is to be; null if that is no handle's
     * @param named as the user has named it
     */
    Opening(
            Loop loop,
            @Nullable LoopHandle owner,
            Path named,
            Set<StandardOpenOption> options,
            int openFlags,
            Listener listener) {
        super(loop);
        this.owner = owner;
        this.named = named;
        this.options = options;
        this.openFlags = openFlags;
        this.listener = listener;
    }

    void begin(Path absolute) {
        askStatus(absolute);
        go();
    }

    final void go() {
        inFlight = true;
        start();
    }

    final boolean isInFlight() {
        return inFlight;
    }

    /** The open file, or null before there is one, or if it could not be opened. */
    final @Nullable OpenFile result() {
        return opened;
    }

    @Override
    final @Nullable LoopHandle owner() {
        return owner;
    }

    @Override
    final void ended(long result) {
        inFlight = false;
        if (operation() == Operation.OPEN && result == Code.OK) {
            opened = file();
        }
        goOn(result);
    }

    /** One of its requests has ended. */
    void goOn(long result) {
        int code = (int) Math.min(result, Code.OK);
        if (!listener.wantsFile()) {
            fail(Code.CANCELLED);
            return;
        }
        switch (operation()) {
            case STATUS -> looked(code);
            case OPEN -> openEnded(code);
            case STATUS_OF_FILE -> lookedAgain(code);
            default -> sizeIs(result);
        }
    }

    private void looked(int code) {
        if (code == Code.OK) {
            IoException refusal = PathAttributes.refusal(named, attributes());
            if (refusal != null) {
                listener.fileFailed(refusal);
                return;
            }
        } else if (code != Code.NO_SUCH_FILE || !FileOptions.makes(options)) {
            fail(code);
            return;
        }
        // A file that this makes is a new one, and a regular one.
        boolean isNew = options.contains(StandardOpenOption.CREATE_NEW);
        askOpen(path(), options, isNew ? openFlags : openFlags | OPEN_NONBLOCKING);
        go();
    }

    private void openEnded(int code) {
        if (isLeased(code)) {
            // No FIFO is, so this waits for the lease to be given up, and for no longer.
            askOpen(path(), options, openFlags);
            go();
        } else if (code != Code.OK) {
            fail(code);
        } else if (options.contains(StandardOpenOption.CREATE_NEW)) {
            listener.fileOpened(0);
        } else if (attributesIfAny() != null) {
            lookedAgain(Code.OK);
        } else {
            ask(Operation.STATUS_OF_FILE, file());
            go();
        }
    }

    /** Whether it could not be opened because another has a lease on it, see fcntl(2). */
    private boolean isLeased(int code) {
        return code == Code.WOULD_BLOCK && (flags() & OPEN_NONBLOCKING) != 0 && cause() == null;
    }

    private void lookedAgain(int code) {
        if (code == Code.NOT_SUPPORTED) {
            // One of the JDK's that has lost its name: it can only say how long it is.
            ask(Operation.SIZE, file());
            go();
        } else if (code != Code.OK) {
            fail(code);
        } else {
            FileAttributes found = attributes();
            IoException refusal = PathAttributes.refusal(named, found);
            if (refusal == null) {
                listener.fileOpened(found.size());
            } else {
                listener.fileFailed(refusal);
            }
        }
    }

    private void sizeIs(long result) {
        if (result < 0) {
            fail((int) result);
        } else {
            listener.fileOpened(result);
        }
    }

    final void fail(int code) {
        listener.fileFailed(Failures.ofFile(code, "open", named, 0, cause()));
    }
}
