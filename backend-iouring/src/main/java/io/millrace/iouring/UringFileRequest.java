// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.iouring.UringAbi.StatusLayout;
import io.millrace.posix.FileNames;
import io.millrace.posix.Libc;
import io.millrace.posix.NativeMemory;
import io.millrace.spi.Code;
import io.millrace.spi.FileErrors;
import io.millrace.spi.FileRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file request on its way through the ring, with a slot of its own for as long as that takes.
 * Used again for others, so a read or a write allocates nothing.
 *
 * <p>A request that cannot be submitted as it is, or need not be any more, is replaced by one that
 * does nothing: so its end comes as all ends do, out of the completion queue.
 */
final class UringFileRequest extends Requester {
    /** Larger transfers would hold up the entry that submits them: they are left to a thread. */
    static final int MOST_BYTES_AT_ONCE = 256 << 10;

    /** In place of an error, while there is none. */
    private static final int NO_VERDICT = Code.OK;

    /** Read and write for everybody, less what the umask says. */
    private static final int NEW_FILE_MODE = 0666;

    private final UringDriver driver;
    private final UringFiles files;

    private @Nullable FileRequest request;
    private int slot;
    private int generation;
    private boolean submitted;
    private boolean cancelled;
    private boolean cancelWanted;

    /** Whether the kernel has done it, and only nobody was told. */
    private boolean isDone;

    /** How the request ends, whatever the kernel answers. */
    private int verdict;

    /** A path, which the kernel copies at submission, or nothing but its final zero. */
    private NativeMemory name = NativeMemory.allocate(1);

    private @Nullable NativeMemory status;

    UringFileRequest(UringDriver driver, UringFiles files) {
        this.driver = driver;
        this.files = files;
    }

    void begin(FileRequest next) {
        assert request == null : "busy";
        slot = driver.ports.add(this);
        request = next;
        generation = driver.ports.generation(slot);
        submitted = false;
        cancelled = false;
        cancelWanted = false;
        isDone = false;
        verdict = NO_VERDICT;
        driver.wantingFiles.add(this);
    }

    void cancel() {
        if (!cancelled) {
            cancelled = true;
            cancelWanted = true;
            driver.wantingFiles.add(this);
        }
    }

    @Override
    boolean submitWanted() throws IoException {
        FileRequest current = request;
        if (current == null || (submitted && !cancelWanted)) {
            return true;
        }
        if (!driver.makeRoom()) {
            return false;
        }
        int mark = driver.mark();
        try {
            if (submitted) {
                driver.requests.cancel(userData(Kind.FILE), userData(Kind.CANCEL));
            } else {
                submit(current);
                submitted = true;
            }
        } catch (RuntimeException | Error thrown) {
            driver.rollBack(mark);
            if (submitted
                    || verdict != NO_VERDICT
                    || current.operation() == FileRequest.Operation.CLOSE) {
                // There is nothing else to do: a file that is not closed would stay open.
                driver.failed(thrown);
            } else {
                verdict = FileErrors.codeOf(thrown);
                current.explain(thrown);
            }
            return false;
        }
        cancelWanted = false;
        return true;
    }

    private void submit(FileRequest current) {
        if (verdict == NO_VERDICT && cancelled) {
            verdict = Code.CANCELLED;
        } else if (verdict == NO_VERDICT) {
            prepareMemory(current);
        }
        driver.countFileRequest();
        if (verdict == NO_VERDICT) {
            prepare(current);
        } else {
            driver.requests.nothing(userData(Kind.FILE));
        }
    }

    /** What is thrown while there is memory to be made ends this request, and no other. */
    private void prepareMemory(FileRequest current) {
        try {
            switch (current.operation()) {
                case STATUS -> {
                    name = FileNames.zeroTerminated(current.path());
                    statusMemory();
                }
                case OPEN -> name = FileNames.zeroTerminated(current.path());
                case SIZE -> statusMemory();
                default -> {}
            }
        } catch (IoException unwritable) {
            current.explain(unwritable);
            verdict = unwritable.code();
        } catch (RuntimeException | Error failure) {
            current.explain(failure);
            verdict = FileErrors.codeOf(failure);
        }
    }

    private void prepare(FileRequest current) {
        long userData = userData(Kind.FILE);
        Requests requests = driver.requests;
        switch (current.operation()) {
            case STATUS -> requests.status(name.address(), statusMemory().address(), userData);
            case OPEN ->
                    requests.open(
                            name.address(),
                            files.openFlags(current.options()),
                            NEW_FILE_MODE,
                            userData);
            case READ ->
                    requests.read(
                            descriptor(current),
                            addressOf(current),
                            current.to() - current.from(),
                            current.position(),
                            entryFlags(current),
                            userData);
            case WRITE ->
                    requests.write(
                            descriptor(current),
                            addressOf(current),
                            current.to() - current.from(),
                            current.position(),
                            entryFlags(current),
                            userData);
            case SYNC -> requests.sync(descriptor(current), 0, userData);
            case SYNC_DATA ->
                    requests.sync(descriptor(current), RequestFlag.SYNC_DATA_ONLY, userData);
            case SIZE -> {
                name.putByte(0, (byte) 0);
                requests.statusOfDescriptor(
                        descriptor(current), name.address(), statusMemory().address(), userData);
            }
            case CLOSE -> requests.close(descriptor(current), userData);
        }
    }

    private int entryFlags(FileRequest current) {
        int length = current.to() - current.from();
        if (length > MOST_BYTES_AT_ONCE) {
            return EntryFlag.ASYNC;
        }
        driver.countFileBytes(length);
        return 0;
    }

    @Override
    void completedTooLate(int kind, int result, int flags) {
        isDone = true;
        FileRequest current = request;
        if (current != null
                && verdict == NO_VERDICT
                && current.operation() == FileRequest.Operation.OPEN
                && result >= 0) {
            driver.discard(result);
        }
    }

    /** Also one that is cancelled, which may have been too late. */
    @Override
    boolean isOpening() {
        FileRequest current = request;
        return current != null
                && verdict == NO_VERDICT
                && current.operation() == FileRequest.Operation.OPEN
                && submitted
                && !isDone
                && !driver.isUnsubmitted(userData(Kind.FILE));
    }

    @Override
    int leftOpen() {
        FileRequest current = request;
        if (current == null || current.operation() != FileRequest.Operation.CLOSE) {
            return NONE;
        }
        boolean taken = submitted && !driver.isUnsubmitted(userData(Kind.FILE));
        return taken ? NONE : descriptor(current);
    }

    @Override
    void complete(int kind, int result, int flags) {
        FileRequest current = Objects.requireNonNull(request);
        int outcome = verdict == NO_VERDICT ? result : verdict;
        if (UringStream.isTransient(outcome)) {
            if (current.operation() == FileRequest.Operation.CLOSE) {
                // The descriptor is gone all the same, see close(2); another may have its number.
                outcome = Code.OK;
            } else if (cancelled) {
                outcome = Code.CANCELLED;
            } else {
                submitted = false;
                driver.wantingFiles.add(this);
                return;
            }
        }
        end(current, outcome);
    }

    private void end(FileRequest ended, int outcome) {
        long result = outcome < 0 ? outcome : answerOrReason(ended, outcome);
        request = null;
        ended.inEngine = null;
        driver.ports.remove(slot);
        try {
            files.idles(this);
        } catch (OutOfMemoryError thrown) {
            // There is no room to keep it: the next request is made anew.
            driver.failed(thrown);
        }
        driver.countCompletion();
        ended.onEnded(result);
    }

    private long answerOrReason(FileRequest ended, int outcome) {
        try {
            return answer(ended, outcome);
        } catch (RuntimeException | Error failure) {
            if (ended.operation() == FileRequest.Operation.OPEN) {
                driver.discard(outcome);
            }
            ended.explain(failure);
            return FileErrors.codeOf(failure);
        }
    }

    private long answer(FileRequest ended, int outcome) {
        switch (ended.operation()) {
            case STATUS -> ended.answer(StatusLayout.attributes(statusMemory()));
            case OPEN -> ended.opened(driver.opened(outcome));
            case SIZE -> {
                return statusMemory().getLong(StatusLayout.SIZE);
            }
            default -> {
                return outcome;
            }
        }
        return Code.OK;
    }

    /** Made for the first who needs it; most requests never do. */
    private NativeMemory statusMemory() {
        NativeMemory memory = status;
        if (memory == null) {
            memory = NativeMemory.allocate(StatusLayout.BYTES);
            status = memory;
        }
        return memory;
    }

    private long userData(int kind) {
        return UserData.pack(generation, slot, kind);
    }

    private static int descriptor(FileRequest current) {
        return current.file().descriptor();
    }

    private static long addressOf(FileRequest current) {
        return Libc.addressOf(current.buffer()) + current.from();
    }
}
