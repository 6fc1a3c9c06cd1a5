// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.posix.FileNames;
import io.millrace.posix.Libc;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.OpenFlags;
import io.millrace.posix.StatusLayout;
import io.millrace.spi.Code;
import io.millrace.spi.FileErrors;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.FileVector;
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

    private static final int VECTOR_ENTRY_BYTES = 16;

    /** For unlinkat(2): a directory, and nothing else. */
    private static final int REMOVE_DIRECTORY = 0x200;

    /** Nobody writes it. */
    private static final NativeMemory NO_NAME = NativeMemory.allocate(1);

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
    private NativeMemory name = NO_NAME;

    /** A second path, likewise. */
    private NativeMemory otherName = NO_NAME;

    private @Nullable NativeMemory status;

    /** What a request with several buffers points to: {@code struct iovec}, see readv(2). */
    private @Nullable NativeMemory vector;

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
            if (submitted || verdict != NO_VERDICT || current.operation() == Operation.CLOSE) {
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
                case STATUS, LINK_STATUS -> {
                    name = FileNames.zeroTerminated(current.path());
                    statusMemory();
                }
                case OPEN, MAKE_DIRECTORY, REMOVE, REMOVE_DIRECTORY ->
                        name = FileNames.zeroTerminated(current.path());
                case RENAME, LINK, SYMBOLIC_LINK -> {
                    name = FileNames.zeroTerminated(current.path());
                    otherName = FileNames.zeroTerminated(current.target());
                }
                case SIZE, STATUS_OF_FILE -> {
                    name = NO_NAME;
                    statusMemory();
                }
                case READ_VECTOR, WRITE_VECTOR -> fillVector(current.vector());
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

    private void fillVector(FileVector from) {
        int count = from.count();
        NativeMemory memory = vector;
        if (memory == null || memory.size() < count * VECTOR_ENTRY_BYTES) {
            int room = Math.max(8, Integer.highestOneBit(2 * count - 1));
            memory = NativeMemory.allocate(room * VECTOR_ENTRY_BYTES);
            vector = memory;
        }
        for (int i = 0; i < count; i++) {
            int at = i * VECTOR_ENTRY_BYTES;
            memory.putLong(at, Libc.addressOf(from.buffer(i)) + from.from(i));
            memory.putLong(at + Long.BYTES, from.to(i) - from.from(i));
        }
    }

    private void prepare(FileRequest current) {
        switch (current.operation()) {
            case READ, WRITE, READ_VECTOR, WRITE_VECTOR -> prepareTransfer(current);
            case STATUS,
                    LINK_STATUS,
                    OPEN,
                    MAKE_DIRECTORY,
                    REMOVE,
                    REMOVE_DIRECTORY,
                    RENAME,
                    LINK,
                    SYMBOLIC_LINK ->
                    prepareOfPath(current);
            default -> prepareOfFile(current);
        }
    }

    private void prepareTransfer(FileRequest current) {
        long userData = userData(Kind.FILE);
        int descriptor = descriptor(current);
        long position = current.position();
        Requests requests = driver.requests;
        if (current.operation() == Operation.READ || current.operation() == Operation.WRITE) {
            int length = current.to() - current.from();
            long address = addressOf(current);
            int flags = entryFlags(length);
            if (current.operation() == Operation.READ) {
                requests.read(descriptor, address, length, position, flags, userData);
            } else {
                requests.write(descriptor, address, length, position, flags, userData);
            }
            return;
        }
        long entries = Objects.requireNonNull(vector).address();
        int count = current.vector().count();
        int flags = entryFlags(current.vector().bytes());
        if (current.operation() == Operation.READ_VECTOR) {
            requests.readVector(descriptor, entries, count, position, flags, userData);
        } else {
            requests.writeVector(descriptor, entries, count, position, flags, userData);
        }
    }

    private void prepareOfPath(FileRequest current) {
        long userData = userData(Kind.FILE);
        long path = name.address();
        Requests requests = driver.requests;
        switch (current.operation()) {
            case STATUS -> requests.status(path, statusMemory().address(), 0, userData);
            case LINK_STATUS ->
                    requests.status(
                            path, statusMemory().address(), StatusLayout.NO_FOLLOW, userData);
            case OPEN ->
                    requests.open(
                            path, files.openFlags(current), OpenFlags.mode(current), userData);
            case MAKE_DIRECTORY -> requests.makeDirectory(path, current.flags(), userData);
            case REMOVE -> requests.remove(path, 0, userData);
            case REMOVE_DIRECTORY -> requests.remove(path, REMOVE_DIRECTORY, userData);
            case RENAME -> requests.rename(path, otherName.address(), current.flags(), userData);
            case LINK -> requests.link(path, otherName.address(), userData);
            case SYMBOLIC_LINK -> requests.symbolicLink(otherName.address(), path, userData);
            default -> throw new AssertionError(current.operation());
        }
    }

    private void prepareOfFile(FileRequest current) {
        long userData = userData(Kind.FILE);
        int descriptor = descriptor(current);
        Requests requests = driver.requests;
        switch (current.operation()) {
            case SYNC -> requests.sync(descriptor, 0, userData);
            case SYNC_DATA -> requests.sync(descriptor, RequestFlag.SYNC_DATA_ONLY, userData);
            case SIZE, STATUS_OF_FILE ->
                    requests.statusOfDescriptor(
                            descriptor, name.address(), statusMemory().address(), userData);
            case TRUNCATE -> requests.truncate(descriptor, current.position(), userData);
            case ALLOCATE ->
                    requests.allocate(descriptor, current.position(), current.length(), userData);
            case ADVISE ->
                    requests.advise(
                            descriptor,
                            current.position(),
                            (int) current.length(),
                            current.flags(),
                            userData);
            case CLOSE -> requests.close(descriptor, userData);
            default -> throw new AssertionError(current.operation());
        }
    }

    private int entryFlags(long length) {
        if (length > MOST_BYTES_AT_ONCE) {
            return EntryFlag.ASYNC;
        }
        driver.countFileBytes((int) length);
        return 0;
    }

    @Override
    void completedTooLate(int kind, int result, int flags) {
        isDone = true;
        FileRequest current = request;
        if (current != null
                && verdict == NO_VERDICT
                && current.operation() == Operation.OPEN
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
                && current.operation() == Operation.OPEN
                && submitted
                && !isDone
                && !driver.isUnsubmitted(userData(Kind.FILE));
    }

    @Override
    int leftOpen() {
        FileRequest current = request;
        if (current == null || current.operation() != Operation.CLOSE) {
            return NONE;
        }
        boolean taken = submitted && !driver.isUnsubmitted(userData(Kind.FILE));
        return taken ? NONE : descriptor(current);
    }

    @Override
    void complete(int kind, int result, int flags) {
        FileRequest current = Objects.requireNonNull(request);
        int outcome = verdict == NO_VERDICT ? result : verdict;
        if (UringStream.isTransient(outcome) && !isLeased(current, outcome)) {
            if (current.operation() == Operation.CLOSE) {
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

    /** Whether another has a lease on the file, which who asked not to wait wants to know. */
    private static boolean isLeased(FileRequest ended, int outcome) {
        return outcome == Code.WOULD_BLOCK
                && ended.operation() == Operation.OPEN
                && (ended.flags() & FileRequest.OPEN_NONBLOCKING) != 0;
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
            if (ended.operation() == Operation.OPEN) {
                driver.discard(outcome);
            }
            ended.explain(failure);
            return FileErrors.codeOf(failure);
        }
    }

    private long answer(FileRequest ended, int outcome) {
        switch (ended.operation()) {
            case STATUS, LINK_STATUS, STATUS_OF_FILE ->
                    ended.answer(StatusLayout.attributes(statusMemory()));
            case OPEN -> {
                if ((ended.flags() & FileRequest.OPEN_NONBLOCKING) != 0) {
                    // Requests on it would come back unanswered where they would have to wait.
                    driver.setBlocking(outcome);
                }
                ended.opened(driver.opened(outcome));
            }
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
