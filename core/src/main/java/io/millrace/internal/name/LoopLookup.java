// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import io.millrace.IoException;
import io.millrace.internal.loop.Awaited;
import io.millrace.internal.loop.Delivery;
import io.millrace.internal.loop.IoDeadline;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.net.Lookup;
import io.millrace.spi.Code;
import io.millrace.spi.Log;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One question of one loop. Several would like to end it, on several threads: the answer, a
 * deadline, the user, the end of the resolver. The first one counts, and its word travels to the
 * loop's thread; a loop that is let go of ends it there and then.
 */
final class LoopLookup<T> implements Lookup<T>, Awaited, Runnable {
    private final Loop loop;
    private final NameResolver resolver;
    private final String operation;

    /** The name or address, for messages. */
    private final String subject;

    /** Null if the answer is known without. */
    private final @Nullable LookupBody<T> body;

    private final LoopFuture<T> result;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable Deadline deadline;

    /** On its way to the loop; made when nothing depends on it yet. */
    private final Outcome outcome;

    /** Whether the result was told; loop thread only. */
    private boolean told;

    LoopLookup(
            Loop loop,
            NameResolver resolver,
            String operation,
            String subject,
            @Nullable LookupBody<T> body) {
        this.loop = loop;
        this.resolver = resolver;
        this.operation = operation;
        this.subject = subject;
        this.body = body;
        result = new LoopFuture<>(loop);
        outcome = new Outcome(loop);
    }

    /** The loop waits for it from here on. */
    void begin(Duration limit, long limitNanos) {
        loop.begins(this);
        if (limitNanos == 0) {
            return;
        }
        try {
            deadline = new Deadline(limit);
            deadline.startIn(limitNanos);
        } catch (OutOfMemoryError lacking) {
            failed(lacking);
        }
    }

    @Override
    public CompletionStage<T> result() {
        return result;
    }

    /** On whatever thread the resolver looks up. */
    @Override
    public void run() {
        if (ended.get() || body == null) {
            return;
        }
        try {
            body.run(this);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    /** Any thread: whatever was thrown. It is described on the loop's, where it has arrived. */
    void failed(Throwable failure) {
        end(null, null, failure);
    }

    /** Any thread. */
    void succeed(T answer) {
        end(answer, null, null);
    }

    /** Any thread. */
    void fail(int code, String why, @Nullable Throwable cause) {
        fail(failure(code, operation, subject, why, cause));
    }

    /** Any thread. */
    boolean fail(IoException failure) {
        return end(null, failure, null);
    }

    @Override
    public boolean cancel() {
        return fail(
                IoException.withMessage(
                        Code.CANCELLED,
                        operation,
                        null,
                        null,
                        0,
                        operation + " " + subject + ": " + reason(Code.CANCELLED),
                        null));
    }

    /** Takes no memory: whoever is the first is the only one who tells. */
    private boolean end(
            @Nullable T answer, @Nullable IoException reason, @Nullable Throwable thrown) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        outcome.answer = answer;
        outcome.reason = reason;
        outcome.thrown = thrown;
        resolver.forget(this);
        try {
            loop.deliver(outcome);
        } catch (RejectedExecutionException closed) {
            // The loop was let go of, and ends the look-up itself.
            return true;
        }
        return true;
    }

    /** Nobody waits any more, whom the caller has to tell why; false if that was done. */
    private boolean settle() {
        if (told) {
            return false;
        }
        told = true;
        if (deadline != null) {
            deadline.stop();
        }
        loop.ends(this);
        if (body != null) {
            body.giveUp();
        }
        return true;
    }

    /** The loop wants to close, and whoever waits for it need not wait for a name server. */
    @Override
    public void loopCloses() {
        cancel();
    }

    @Override
    public void abandon() {
        ended.set(true);
        resolver.forget(this);
        if (settle()) {
            result.completeExceptionally(
                    failure(Code.CANCELLED, operation, subject, "its loop was closed", null));
        }
    }

    /** What was thrown may be of the user's, and unable to say what it is. */
    private Throwable described(Throwable thrown) {
        try {
            return describing(thrown);
        } catch (Throwable unable) {
            return thrown;
        }
    }

    private IoException describing(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            String said = String.valueOf(failure.getMessage());
            String prefix = subject + ": ";
            String why = said.startsWith(prefix) ? said.substring(prefix.length()) : said;
            return failure(
                    Code.HOST_NOT_FOUND,
                    operation,
                    subject,
                    why.equals(subject) ? "host not found" : why,
                    failure);
        }
        if (failure instanceof IoException said) {
            String why = String.valueOf(said.getMessage());
            return failure(said.code(), operation, subject, why, said);
        }
        return failure(Code.IO_ERROR, operation, subject, Log.describe(failure), failure);
    }

    static IoException failure(
            int code, String operation, String subject, String why, @Nullable Throwable cause) {
        return IoException.withMessage(
                code,
                operation,
                null,
                null,
                0,
                operation + " " + subject + ": " + Code.name(code) + ": " + why,
                cause);
    }

    private static String reason(int code) {
        return Code.name(code) + " (" + Code.describe(code) + ")";
    }

    @Override
    public String toString() {
        return operation + " " + subject;
    }

    /** An answer, or why there is none: from the thread that found it, with this. */
    private final class Outcome extends Delivery {
        private @Nullable T answer;
        private @Nullable IoException reason;
        private @Nullable Throwable thrown;

        Outcome(Loop loop) {
            super(loop);
        }

        @Override
        @SuppressWarnings("NullAway")
        public void run() {
            if (!settle()) {
                return;
            }
            if (thrown != null) {
                result.completeExceptionally(described(thrown));
            } else if (reason != null) {
                result.completeExceptionally(reason);
            } else {
                // What the resolver has found, which is never null.
                result.complete(answer);
            }
        }
    }

    /** Gives up; whoever is at it on a thread is left to it. */
    private final class Deadline extends IoDeadline {
        private final Duration limit;

        Deadline(Duration limit) {
            super(loop);
            this.limit = limit;
        }

        @Override
        public boolean isDue(long time) {
            return !ended.get();
        }

        @Override
        public boolean isAsked(long time) {
            return true;
        }

        @Override
        public void notDue() {}

        @Override
        public void over(long time) {
            fail(Code.TIMED_OUT, "no answer within " + limit, null);
        }
    }
}
