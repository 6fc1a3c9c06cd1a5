// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.file.FileSource;
import io.millrace.internal.file.FileToSend;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.Gather;
import io.millrace.spi.StreamPort;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a file in a write queue, which waits there until the file is open. That begins when
 * its queue says so.
 */
final class FileRegion extends WriteRegion implements FileToSend.Listener {
    /** For the length: up to the end of the file. */
    static final long REST = -1;

    /** The next file in the queue. */
    @Nullable FileRegion nextFile;

    /** Who waits for it to be open, if it is yet to be. */
    private final @Nullable Outbound outbound;

    private final FileSource source;
    private final long begin;

    /** What is to be opened, until that begins. */
    private @Nullable FileToSend unopened;

    private boolean isOpen;

    /** Why it could not be opened. */
    private @Nullable IoException refusal;

    /** Of a file that is open. */
    FileRegion(FileSource source, long position, long count) {
        super(position, count);
        outbound = null;
        this.source = source;
        begin = position;
        isOpen = true;
    }

    /** Of a file that is yet to be opened, if it is a regular one. Count may be {@link #REST}. */
    FileRegion(Outbound outbound, Path path, long position, long count) {
        super(position, count);
        if (position < 0 || count < REST) {
            throw new IllegalArgumentException(
                    "no " + count + " bytes at " + position + " in any file");
        }
        this.outbound = outbound;
        begin = position;
        FileToSend file = new FileToSend(outbound.loop(), path, this);
        source = file;
        unopened = file;
    }

    /** Begins to open the file, unless that has begun. */
    void open() {
        FileToSend file = unopened;
        if (file != null) {
            unopened = null;
            file.begin();
        }
    }

    @Override
    public void fileOpened(long size) {
        isOpen = true;
        long wanted = isLengthKnown() ? remaining() : size - begin;
        if (begin > size || wanted > size - begin) {
            refusal = tooShort(size);
        } else if (!isLengthKnown()) {
            queue().known(this, wanted);
        }
        queue().fileIsThere();
    }

    private Outbound queue() {
        return Objects.requireNonNull(outbound);
    }

    private IoException tooShort(long size) {
        String wanted = isLengthKnown() ? remaining() + " bytes at " + begin : "position " + begin;
        return Failures.ofFile(
                Code.INVALID_ARGUMENT,
                "sendFile",
                path(),
                "the file has " + size + " bytes, and not " + wanted);
    }

    @Override
    public void fileFailed(IoException reason) {
        refusal = reason;
        queue().fileIsThere();
    }

    Path path() {
        return source.path();
    }

    /** How many of its bytes the kernel has. */
    long sent() {
        return position() - begin;
    }

    /** Why it could not be opened, if that is why it cannot be sent. */
    @Nullable IoException refusal() {
        return refusal;
    }

    @Override
    boolean waits() {
        return !isOpen && refusal == null;
    }

    @Override
    boolean isOver() {
        return isOpen && refusal == null && super.isOver();
    }

    @Override
    int sendBy(StreamPort port, long most) {
        return refusal == null
                ? port.sendFile(source.file(), position(), Math.min(remaining(), most))
                : refusal.code();
    }

    @Override
    boolean isInMemory() {
        return false;
    }

    /** The kernel takes the bytes from the file. */
    @Override
    void gather(Gather into) {}

    @Override
    void close() {
        source.end();
    }
}
