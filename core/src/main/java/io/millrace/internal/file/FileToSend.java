// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.internal.loop.Awaited;
import io.millrace.internal.loop.Loop;
import io.millrace.spi.Code;
import io.millrace.spi.Log;
import io.millrace.spi.OpenFile;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A regular file that is opened for one stream to send from it, and closed after that, neither of
 * which keeps the loop waiting; but from when it is made to its end it keeps it running. Loop
 * thread only.
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
    private final Path absolute;
    private final Opening opening;
    private final Closing closing;

    /** What the loop knows it by. */
    private final Awaited inLoop = this::abandon;

    /** Null when nobody wants the file any more. */
    private @Nullable Listener listener;

    private boolean isOver;

    /**
     * @param path of the default file system
     */
    public FileToSend(Loop loop, Path path, Listener listener) {
        this.loop = loop;
        this.path = PathAttributes.ofDefaultFileSystem(path);
        absolute = path.toAbsolutePath();
        this.listener = listener;
        opening = new Opening(loop, null, path, READ, 0, new Outcome());
        closing = new LastRequest(loop);
        loop.begins(inLoop);
    }

    /** Begins to open it. */
    public void begin() {
        opening.begin(absolute);
    }

    @Override
    public OpenFile file() {
        return Objects.requireNonNull(opening.result(), "not open yet");
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void end() {
        listener = null;
        if (opening.isInFlight()) {
            opening.cancel();
        } else {
            closeOnce();
        }
    }

    private void closeOnce() {
        if (isOver) {
            return;
        }
        isOver = true;
        OpenFile opened = opening.result();
        if (opened == null) {
            loop.ends(inLoop);
        } else {
            closing.begin(opened);
        }
    }

    private void abandon() {
        opening.abandon();
        closing.abandon();
    }

    private final class Outcome implements Opening.Listener {
        @Override
        public boolean wantsFile() {
            return listener != null;
        }

        @Override
        public void fileOpened(long size) {
            Objects.requireNonNull(listener).fileOpened(size);
        }

        @Override
        public void fileFailed(IoException reason) {
            Listener current = listener;
            end();
            if (current != null) {
                current.fileFailed(reason);
            }
        }
    }

    private final class LastRequest extends Closing {
        LastRequest(Loop loop) {
            super(loop, null);
        }

        @Override
        void closed(int code) {
            loop.ends(inLoop);
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
