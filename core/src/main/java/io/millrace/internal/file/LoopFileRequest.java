// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.LoopPart;
import io.millrace.spi.Code;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileErrors;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenFile;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A file request of a loop, which ends whatever happens: an engine that throws at its start, for
 * lack of memory or of threads, has not taken it, and it ends a little later with that as its
 * reason. So nobody who starts requests has to undo anything. Loop thread only.
 */
abstract class LoopFileRequest extends FileRequest {
    /** Threads, for what the driver's engine does not carry out. */
    private static final LoopPart<WorkFiles> THREADS = new LoopPart<>(WorkFiles::new);

    private final Loop loop;

    /** Who carries out what is asked now. */
    private @Nullable FileEngine engine;

    private final Ending ending = new Ending();
    private boolean withEngine;
    private long outcome;

    LoopFileRequest(Loop loop) {
        this.loop = loop;
    }

    private FileEngine chosenEngine() {
        FileEngine ofDriver = loop.driver.files();
        return ofDriver != null && ofDriver.carriesOut(this) ? ofDriver : loop.part(THREADS);
    }

    /** A request has ended, or there was none to begin with. */
    abstract void ended(long result);

    /** Whose request it is; null if that is nobody's. */
    abstract @Nullable LoopHandle owner();

    /** Gives the engine what was asked. */
    final void start() {
        withEngine = true;
        try {
            FileEngine chosen = chosenEngine();
            engine = chosen;
            chosen.start(this);
        } catch (Throwable refusal) {
            withEngine = false;
            inEngine = null;
            explain(refusal);
            boolean closes =
                    operation() == Operation.CLOSE || operation() == Operation.CLOSE_DIRECTORY;
            endLater(closes ? closeNow(file()) : codeOf(refusal));
        }
    }

    /** Closes a file on the spot: there is no other way, and it must not stay open. */
    private int closeNow(OpenFile opened) {
        try {
            opened.close();
            return Code.OK;
        } catch (Throwable failure) {
            explain(failure);
            return codeOf(failure);
        }
    }

    /**
     * Closes a file of a loop that was let go of: on the spot, but if a thread is inside a call on
     * it, that does it when it comes out.
     */
    final int leave(OpenFile opened, LeftFile left) {
        shareWithThreads(opened, left);
        return left.leave() ? closeNow(opened) : Code.OK;
    }

    /**
     * As {@link #leave}, for a file that others use as well, who run {@code left} when they do not
     * any more.
     */
    final void shareWithThreads(OpenFile opened, LeftFile left) {
        left.begin(opened);
        WorkFiles threads = loop.partIfMade(THREADS);
        if (threads != null) {
            threads.share(left);
        }
    }

    private static int codeOf(Throwable refusal) {
        return refusal instanceof RejectedExecutionException
                ? Code.WOULD_BLOCK
                : FileErrors.codeOf(refusal);
    }

    /** Ends without the engine, but not on the caller's stack. */
    final void endLater(long result) {
        outcome = result;
        loop.completions.add(ending);
    }

    /** Hastens the end of what the engine has. */
    final void cancel() {
        if (withEngine) {
            Objects.requireNonNull(engine).cancel(this);
        }
    }

    final boolean isWithEngine() {
        return withEngine;
    }

    /** The engine is gone, and with it what it had. What ends without it ends all the same. */
    final void abandon() {
        if (withEngine) {
            if (engine instanceof WorkFiles threads) {
                threads.abandon(this);
            }
            inEngine = null;
            onEnded(Code.CANCELLED);
        }
    }

    @Override
    public final void onEnded(long result) {
        withEngine = false;
        ended(result);
    }

    private final class Ending extends Deferred {
        @Override
        public void runDeferred() {
            ended(outcome);
        }

        @Override
        public @Nullable LoopHandle owner() {
            return LoopFileRequest.this.owner();
        }
    }
}
