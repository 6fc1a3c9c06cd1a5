// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.Log;
import io.millrace.spi.OpenFile;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The close of a file whose loop was let go of, by the last of its users: threads that are inside a
 * call on it, and who counts them. What they write would go wherever the system uses the descriptor
 * next. Made with the file, since it must not fail for lack of memory.
 */
final class LeftFile implements Runnable {
    private final AtomicInteger users = new AtomicInteger(1);
    private @Nullable OpenFile file;

    /** From here on its users may come; once. */
    void begin(OpenFile opened) {
        file = opened;
    }

    boolean is(@Nullable OpenFile other) {
        return file == other;
    }

    void enter() {
        users.incrementAndGet();
    }

    /** Whether that was the last. */
    boolean leave() {
        return users.decrementAndGet() == 0;
    }

    /** Leaves, and closes the file if nobody else is left. */
    @Override
    public void run() {
        if (leave()) {
            closeUnwanted(Objects.requireNonNull(file));
        }
    }

    static void closeUnwanted(OpenFile file) {
        try {
            file.close();
        } catch (IOException nobodyToTell) {
            Log.CORE.report(
                    System.Logger.Level.DEBUG,
                    "a file that nobody wants any more, closed, fails",
                    nobodyToTell);
        }
    }
}
