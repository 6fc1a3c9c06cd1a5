// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.EventLoop;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileSystem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One that works with files of its own, and counts the ends of its operations. */
abstract class FileActor {
    final EventLoop loop;
    final FileSystem files;
    final SplittableRandom random;

    /** Whether nothing may fail. */
    final boolean kind;

    final Path own;

    /** How much is still to be done. */
    int left;

    /** Whether a file of its has told that it is closed. */
    boolean isClosed;

    private final List<Once> underWay = new ArrayList<>();
    private int ended;
    private boolean calling;
    private @Nullable Throwable fault;

    FileActor(EventLoop loop, SplittableRandom random, boolean kind, Path own, int most) {
        this.loop = loop;
        this.files = FileSystem.of(loop);
        this.random = random;
        this.kind = kind;
        this.own = own;
        left = 1 + random.nextInt(most);
    }

    abstract void begin();

    /** Fails if it has found something to be wrong. */
    final void checkSound() {
        if (fault != null) {
            throw new AssertionError("found by " + this, fault);
        }
    }

    /** All that was begun has ended, and what should be there is. */
    final void checkFinished() {
        check(underWay.isEmpty(), "never ended: " + underWay);
        check(ended > 0, "has done nothing");
    }

    /** Asks another loop for what must have survived. */
    abstract void lookAfterCrash(EventLoop other);

    /** One operation, which is to end once, after its call has returned. */
    final class Once {
        private final String what;

        private Once(String what) {
            this.what = what;
        }

        /**
         * It has ended.
         *
         * @param expected whether a failure is what should have come
         */
        void ended(@Nullable Throwable failure, boolean expected) {
            check(!calling, what + " ended on its caller's stack");
            check(underWay.remove(this), what + " ended twice");
            ended++;
            check(
                    !kind || failure == null || expected,
                    what + " failed in a kind world: " + failure);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** How many operations have not ended. */
    final int underWay() {
        return underWay.size();
    }

    /** Something that is asked. */
    interface Call {
        void of(Once once);
    }

    final void call(String what, Call call) {
        Once once = new Once(what);
        underWay.add(once);
        calling = true;
        try {
            call.of(once);
        } finally {
            calling = false;
        }
    }

    /** Something whose end is a stage's. */
    interface Asking<T> {
        CompletionStage<T> ask();
    }

    final <T> void ask(
            String what,
            boolean mayFail,
            Asking<T> asking,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        ask(what, () -> mayFail, asking, then);
    }

    /** Whether it may fail is asked when it has ended. */
    final <T> void ask(
            String what,
            BooleanSupplier mayFail,
            Asking<T> asking,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        call(
                what,
                once ->
                        asking.ask()
                                .whenComplete(
                                        (answer, failure) -> {
                                            try {
                                                once.ended(failure, mayFail.getAsBoolean());
                                                then.accept(answer, failure);
                                            } catch (Throwable found) {
                                                // A stage would keep it to itself.
                                                fault = found;
                                            }
                                        }));
    }

    /** Closes the one file that it works on. */
    final void close(AsyncFile file, Runnable then) {
        file.onClosed(
                () -> {
                    isClosed = true;
                    check(underWay.isEmpty(), "closed before its operations had ended");
                    then.run();
                });
        file.close();
    }

    /** These bytes in a buffer of either kind, perhaps not at its beginning. */
    final ByteBuffer buffer(byte[] bytes) {
        int before = random.nextInt(4);
        int room = before + bytes.length + random.nextInt(4);
        ByteBuffer buffer =
                random.nextBoolean() ? ByteBuffer.allocate(room) : ByteBuffer.allocateDirect(room);
        buffer.position(before).limit(before + bytes.length);
        buffer.duplicate().put(bytes);
        return buffer;
    }

    /** These bytes in one buffer after the other. */
    final ByteBuffer[] buffers(byte[] bytes) {
        List<ByteBuffer> parts = new ArrayList<>();
        boolean direct = random.nextBoolean();
        int from = 0;
        do {
            int length = random.nextInt(bytes.length - from + 1);
            if (parts.size() == 5) {
                length = bytes.length - from;
            }
            ByteBuffer part =
                    direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
            parts.add(part.put(bytes, from, length).flip());
            from += length;
        } while (from < bytes.length);
        return parts.toArray(new ByteBuffer[0]);
    }
}
