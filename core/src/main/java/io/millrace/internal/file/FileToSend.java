// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.internal.loop.Awaited;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.Log;
import io.millrace.spi.OpenFile;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A regular file that is opened for one stream to send from it, and closed after that, neither of
 * which keeps the loop waiting; but each keeps it running. Loop thread only.
 *
 * <p>What is there is asked first because opening a FIFO would wait for its other end, and devices
 * do things when they are opened. Another may have put one of those in the file's place before it
 * is opened: so opening does not wait, and what is open is asked again. Only the JDK's own files
 * cannot be opened without waiting.
 */
public final class FileToSend implements FileSource {
    /** Hears once how the opening has come out, and never from inside {@link #begin}. */
    public interface Listener {
        void fileOpened(long size);

        /** It need not be ended any more, and may be. */
        void fileFailed(IoException reason);
    }

    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);

    private final Loop loop;
    private final Path path;
    private final Step step;

    /** Null when nobody wants the file any more. */
    private @Nullable Listener listener;

    private @Nullable OpenFile opened;

    /**
     * @param path of the default file system
     */
    public FileToSend(Loop loop, Path path, Listener listener) {
        this.loop = loop;
        this.path = PathAttributes.ofDefaultFileSystem(path);
        this.listener = listener;
        step = new Step(loop);
    }

    /** Begins to open it. */
    public void begin() {
        step.begin(path.toAbsolutePath());
    }

    @Override
    public OpenFile file() {
        return Objects.requireNonNull(opened, "not open yet");
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void end() {
        listener = null;
        step.fileEnds();
    }

    /** It is open, and what its size is; closes it if nobody wants it any more. */
    private void settled(long size) {
        Listener current = listener;
        if (current == null) {
            closeIfOpen();
        } else {
            current.fileOpened(size);
        }
    }

    private void failed(IoException reason) {
        Listener current = listener;
        listener = null;
        closeIfOpen();
        if (current != null) {
            current.fileFailed(reason);
        }
    }

    private void closeIfOpen() {
        OpenFile file = opened;
        opened = null;
        if (file != null) {
            step.close(file);
        }
    }

    /** All requests of the file, one after another; so closing it takes no memory. */
    private final class Step extends LoopFileRequest {
        /** What the loop knows it by while it is in flight. */
        private final Awaited inLoop = this::abandon;

        private boolean inFlight;

        Step(Loop loop) {
            super(loop);
        }

        void begin(Path absolute) {
            askStatus(absolute);
            go();
        }

        void close(OpenFile file) {
            ask(Operation.CLOSE, file);
            if (loop.isClosed()) {
                closed(closeNow(file));
            } else {
                go();
            }
        }

        void fileEnds() {
            if (!inFlight) {
                closeIfOpen();
            } else if (operation() != Operation.CLOSE) {
                cancel();
            }
        }

        private void go() {
            inFlight = true;
            loop.begins(inLoop);
            start();
        }

        @Override
        @Nullable LoopHandle owner() {
            return null;
        }

        @Override
        void ended(long result) {
            inFlight = false;
            loop.ends(inLoop);
            int code = (int) Math.min(result, Code.OK);
            if (operation() == Operation.CLOSE) {
                closed(code);
            } else if (isLeased(code)) {
                // No FIFO is, so this waits for the lease to be given up, and for no longer.
                askOpen(path(), READ);
                go();
            } else if (operation() == Operation.STATUS_OF_FILE && code == Code.NOT_SUPPORTED) {
                // One of the JDK's that has lost its name: it can only say how long it is.
                askOfOpened(Operation.SIZE);
            } else if (code != Code.OK) {
                failed(Failures.ofFile(code, "open", path, 0, cause()));
            } else {
                succeeded(result);
            }
        }

        private void succeeded(long result) {
            switch (operation()) {
                case STATUS -> statusIs();
                case OPEN -> {
                    opened = file();
                    askOfOpened(Operation.STATUS_OF_FILE);
                }
                case STATUS_OF_FILE -> openedIs();
                default -> settled(result);
            }
        }

        /** Whether it could not be opened because another has a lease on it, see fcntl(2). */
        private boolean isLeased(int code) {
            return code == Code.WOULD_BLOCK
                    && operation() == Operation.OPEN
                    && flags() == OPEN_NONBLOCKING
                    && cause() == null
                    && listener != null;
        }

        private void askOfOpened(Operation which) {
            OpenFile file = file();
            if (listener == null) {
                closeIfOpen();
            } else {
                ask(which, file);
                go();
            }
        }

        private void openedIs() {
            IoException refusal = PathAttributes.refusal(path, attributes());
            if (refusal == null) {
                settled(attributes().size());
            } else {
                failed(refusal);
            }
        }

        private void statusIs() {
            IoException refusal = PathAttributes.refusal(path, attributes());
            if (refusal != null) {
                failed(refusal);
            } else if (listener != null) {
                askOpen(path(), READ, OPEN_NONBLOCKING);
                go();
            }
        }

        private void closed(int code) {
            if (code != Code.OK) {
                // Nothing was written to it, so nothing is lost.
                Log.CORE.report(
                        System.Logger.Level.DEBUG,
                        () -> path + ", which was sent, closed: " + Code.name(code),
                        cause());
            }
        }
    }
}
