// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.spi.Code;
import io.millrace.spi.Descriptors;
import io.millrace.spi.Failures;
import io.millrace.spi.Spawner;
import io.millrace.spi.SystemServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The start of one child: pipes on the loop's thread, what blocks on a work thread, and then the
 * handle, or nothing that stays open.
 */
final class ChildStart {
    private static final List<String> NAMES = List.of("input", "output", "errors");
    private static final int ENDS = 3;
    private static final int NONE = -1;
    private static final Path NOTHING = Path.of("/dev/null");

    private final Loop loop;
    private final SystemServices system;
    private final Spawner spawner;
    private final Descriptors descriptors;
    private final ChildOptions options;
    private final String operation;
    private final LoopFuture<ChildProcess> outcome;

    /** What of the child's ends is to be closed here once it has them, by the work's thread. */
    private final int[] theirs = {NONE, NONE, NONE};

    /** The other ends of pipes. */
    private final int[] ours = {NONE, NONE, NONE};

    /**
     * Guarded by this: whether the loop has given up before the work has ended; and what it had.
     */
    private boolean abandoned;

    /** Guarded by this: whether the work has begun, whose the child's ends are from then on. */
    private boolean begun;

    private @Nullable ChildNumber started;

    ChildStart(Loop loop, SystemServices system, ChildOptions options) {
        this.loop = loop;
        this.system = system;
        this.options = options;
        spawner = system.spawner();
        descriptors = system.descriptors();
        operation = "start " + options.command().get(0);
        outcome = new LoopFuture<>(loop);
    }

    CompletionStage<ChildProcess> begin() {
        try {
            makeEnds();
        } catch (IoException failure) {
            close(theirs);
            close(ours);
            outcome.completeExceptionally(Failures.named(operation, null, failure));
            return outcome;
        }
        try {
            loop.work(this::spawn).result().whenComplete(this::spawned);
        } catch (RuntimeException | Error refused) {
            close(theirs);
            close(ours);
            throw refused;
        }
        return outcome;
    }

    /** What has to be as it is at the call; files wait for a work thread. */
    private void makeEnds() throws IoException {
        int[] pair = new int[2];
        for (int i = 0; i < ENDS; i++) {
            ChildEnd end = options.ends().get(i);
            if (end.kind() == ChildEnd.Kind.DESCRIPTOR) {
                theirs[i] = duplicate(i, end.descriptor());
            } else if (end.kind() == ChildEnd.Kind.INHERIT) {
                theirs[i] = duplicate(i, i);
            } else if (end.kind() == ChildEnd.Kind.PIPE) {
                descriptors.pipe(pair);
                theirs[i] = pair[i == 0 ? 0 : 1];
                ours[i] = pair[i == 0 ? 1 : 0];
                descriptors.setBlocking(theirs[i], true);
            }
        }
    }

    private int duplicate(int index, int descriptor) throws IoException {
        try {
            return descriptors.duplicate(descriptor);
        } catch (IoException failure) {
            throw Failures.because(
                    failure.code(),
                    operation,
                    "descriptor " + descriptor + ", which is to be its " + NAMES.get(index),
                    failure);
        }
    }

    /** On a work thread. */
    private ChildNumber spawn() throws IoException {
        synchronized (this) {
            if (abandoned) {
                throw new CancellationException(operation + ": its loop was closed before");
            }
            begun = true;
        }
        try {
            Path directory = options.directory();
            if (directory != null && !Files.isDirectory(directory)) {
                boolean isThere = Files.exists(directory);
                throw Failures.ofFile(
                        isThere ? Code.NOT_A_DIRECTORY : Code.NO_SUCH_FILE,
                        operation,
                        directory,
                        "the directory to start in is not there, or is none");
            }
            int[] ends = new int[ENDS];
            for (int i = 0; i < ENDS; i++) {
                ends[i] = endOf(i, ends);
            }
            int number =
                    spawner.spawn(
                            new Spawner.Plan(
                                    options.command(),
                                    options.environment(),
                                    directory,
                                    ends[0],
                                    ends[1],
                                    ends[2],
                                    options.isDetached()));
            ChildNumber process = new ChildNumber(spawner, number);
            synchronized (this) {
                started = process;
                if (abandoned) {
                    process.letGo();
                }
            }
            return process;
        } finally {
            close(theirs);
        }
    }

    private int endOf(int index, int[] before) throws IoException {
        ChildEnd end = options.ends().get(index);
        return switch (end.kind()) {
            case PIPE, INHERIT, DESCRIPTOR -> theirs[index];
            case SAME_AS_OUTPUT -> before[1];
            case IGNORE -> open(index, NOTHING, index == 0 ? 'r' : 'a');
            case FILE -> open(index, Objects.requireNonNull(end.path()), index == 0 ? 'r' : 'w');
            case APPENDED -> open(index, Objects.requireNonNull(end.path()), 'a');
        };
    }

    private int open(int index, Path path, char mode) throws IoException {
        theirs[index] = spawner.open(path, mode);
        return theirs[index];
    }

    /** On the loop's thread, or where it was let go of. */
    private void spawned(@Nullable ChildNumber process, @Nullable Throwable failure) {
        if (failure != null || process == null) {
            Throwable reason =
                    failure instanceof CompletionException wrapped && wrapped.getCause() != null
                            ? wrapped.getCause()
                            : failure;
            try {
                giveUp();
            } finally {
                outcome.completeExceptionally(
                        reason instanceof IoException known
                                ? Failures.named(operation, null, known)
                                : Objects.requireNonNull(reason));
            }
            return;
        }
        @Nullable LoopPipe[] pipes = new LoopPipe[ENDS];
        LoopChild child = null;
        try {
            for (int i = 0; i < ENDS; i++) {
                int end = ours[i];
                if (end >= 0) {
                    // It is closed on failure, and its number may be another's by then.
                    ours[i] = NONE;
                    pipes[i] = LoopPipe.ofChild(loop, descriptors, nameOf(i), end, i != 0);
                }
            }
            child = new LoopChild(loop, system, spawner, options.command().get(0), process, pipes);
            child.begin();
        } catch (IoException | RuntimeException | Error refused) {
            try {
                process.kill(spawner.numberOf("KILL"));
                giveUp();
                for (LoopPipe each : pipes) {
                    if (each != null) {
                        each.close();
                    }
                }
                if (child != null) {
                    child.close();
                }
            } finally {
                outcome.completeExceptionally(refused);
            }
            return;
        }
        outcome.complete(child);
    }

    private String nameOf(int end) {
        return NAMES.get(end) + " of " + options.command().get(0);
    }

    /** Nobody is going to hear of the process, if there is one. */
    private void giveUp() {
        close(ours);
        synchronized (this) {
            abandoned = true;
            if (!begun) {
                close(theirs);
            }
            if (started != null) {
                started.letGo();
            }
        }
    }

    private void close(int[] some) {
        for (int i = 0; i < ENDS; i++) {
            if (some[i] >= 0) {
                descriptors.close(some[i]);
                some[i] = NONE;
            }
        }
    }
}
