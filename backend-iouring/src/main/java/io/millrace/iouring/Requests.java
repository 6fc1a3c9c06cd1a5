// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.iouring.UringAbi.SubmissionLayout;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.StatusLayout;
import java.nio.ByteOrder;

/**
 * Fills submissions: one method for each kind of request, with the fields it uses by name. Every
 * method claims its entries from the queue, so the caller makes room first. Loop thread only.
 */
final class Requests {
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    /** In place of a group of buffers. */
    static final int NO_GROUP = -1;

    private final SubmissionQueue queue;
    private final NativeMemory entries;

    Requests(SubmissionQueue queue) {
        this.queue = queue;
        entries = queue.entries();
    }

    /** Does nothing and completes with 0. */
    void nothing(long userData) {
        begin(Opcode.NOP, -1, userData);
    }

    /**
     * Accepts until it ends; {@code acceptFlags} as of accept4(2). Tells no addresses: all
     * completions would share the one place to put them.
     */
    void acceptMultishot(int descriptor, int acceptFlags, long userData) {
        int at = begin(Opcode.ACCEPT, descriptor, userData);
        priority(at, RequestFlag.PRIORITY_ACCEPT_MULTISHOT);
        operationFlags(at, acceptFlags);
    }

    /** {@code address} is a socket address of {@code length} bytes, see connect(2). */
    void connect(int descriptor, long address, int length, long userData) {
        int at = begin(Opcode.CONNECT, descriptor, userData);
        address(at, address);
        offset(at, length);
    }

    /** Receives until it ends, each time into a buffer of {@code group} that the kernel picks. */
    void receiveMultishot(int descriptor, int group, long userData) {
        int at = receiveInto(group, descriptor, userData);
        priority(at, RequestFlag.PRIORITY_RECEIVE_MULTISHOT);
    }

    /** Receives once, into a buffer of {@code group} that the kernel picks. */
    void receiveOnce(int descriptor, int group, long userData) {
        receiveInto(group, descriptor, userData);
    }

    /**
     * Receives messages until it ends, each into a buffer of {@code group} that the kernel picks,
     * which begins with a {@link UringAbi.MessageOutLayout}. Of the header only the lengths of name
     * and control data count.
     */
    void receiveMessagesMultishot(int descriptor, int group, long header, long userData) {
        int at = begin(Opcode.RECVMSG, descriptor, userData);
        entryFlags(at, EntryFlag.BUFFER_SELECT);
        entries.putShort(at + SubmissionLayout.BUFFER_GROUP, (short) group);
        priority(at, RequestFlag.PRIORITY_RECEIVE_MULTISHOT);
        message(at, header, 1, 0);
    }

    private int receiveInto(int group, int descriptor, long userData) {
        int at = begin(Opcode.RECV, descriptor, userData);
        entryFlags(at, EntryFlag.BUFFER_SELECT);
        entries.putShort(at + SubmissionLayout.BUFFER_GROUP, (short) group);
        return at;
    }

    /** Receives once into memory of the caller. */
    void receive(int descriptor, long address, int length, long userData) {
        int at = begin(Opcode.RECV, descriptor, userData);
        address(at, address);
        length(at, length);
    }

    /**
     * Receives once, with what comes beside bytes.
     *
     * @param header of recvmsg(2)
     * @param group whose buffers to pick from, or {@link #NO_GROUP} where the header has a segment
     */
    void receiveMessage(int descriptor, long header, int messageFlags, int group, long userData) {
        int at = begin(Opcode.RECVMSG, descriptor, userData);
        message(at, header, 1, messageFlags);
        if (group != NO_GROUP) {
            entryFlags(at, EntryFlag.BUFFER_SELECT);
            entries.putShort(at + SubmissionLayout.BUFFER_GROUP, (short) group);
        }
    }

    /**
     * Sends one segment.
     *
     * @param messageFlags as of send(2)
     * @param entryFlags {@link EntryFlag#SKIP_SUCCESS} or 0
     */
    void send(
            int descriptor,
            long address,
            int length,
            int messageFlags,
            int entryFlags,
            long userData) {
        int at = begin(Opcode.SEND, descriptor, userData);
        message(at, address, length, messageFlags);
        entryFlags(at, entryFlags);
    }

    /** As {@link #send}, but of what a header points to, see {@link Scratch} and sendmsg(2). */
    void sendMessage(int descriptor, long header, int messageFlags, int entryFlags, long userData) {
        int at = begin(Opcode.SENDMSG, descriptor, userData);
        message(at, header, 1, messageFlags);
        entryFlags(at, entryFlags);
    }

    /**
     * As {@link #sendMessage}, but the bytes are read where they lie, until a second completion,
     * with {@link CompletionFlag#NOTIFICATION}, says that they are free again.
     */
    void sendMessageInPlace(int descriptor, long header, int messageFlags, long userData) {
        int at = begin(Opcode.SENDMSG_ZC, descriptor, userData);
        priority(at, RequestFlag.PRIORITY_REPORT_ZERO_COPY);
        message(at, header, 1, messageFlags);
    }

    private void message(int at, long address, int length, int messageFlags) {
        address(at, address);
        length(at, length);
        operationFlags(at, messageFlags);
    }

    /** Completes once when one of {@code events} has come, see poll(2). */
    void poll(int descriptor, int events, long userData) {
        int at = begin(Opcode.POLL_ADD, descriptor, userData);
        pollEvents(at, events);
    }

    /** Completes each time one of {@code events} comes anew, until it ends. */
    void pollMultishot(int descriptor, int events, long userData) {
        int at = begin(Opcode.POLL_ADD, descriptor, userData);
        pollEvents(at, events);
        length(at, RequestFlag.LENGTH_POLL_MULTISHOT);
    }

    /** Cancels the request submitted with {@code target}. Silent if there was one. */
    void cancel(long target, long userData) {
        int at = begin(Opcode.ASYNC_CANCEL, -1, userData);
        entryFlags(at, EntryFlag.SKIP_SUCCESS);
        address(at, target);
    }

    void close(int descriptor, long userData) {
        begin(Opcode.CLOSE, descriptor, userData);
    }

    /**
     * Cancels every request on a descriptor, then closes it, whether or not there was something to
     * cancel: a plain link would drop the close. Closing alone would leave the requests armed on a
     * socket that the peer never sees closed.
     */
    void cancelAndClose(int descriptor, long cancelUserData, long closeUserData) {
        int at = begin(Opcode.ASYNC_CANCEL, descriptor, cancelUserData);
        entryFlags(at, EntryFlag.HARD_LINK);
        operationFlags(at, RequestFlag.CANCEL_ALL | RequestFlag.CANCEL_BY_DESCRIPTOR);
        close(descriptor, closeUserData);
    }

    /** Opens a file, see openat(2); {@code path} is absolute and ends with a zero byte. */
    void open(long path, int flags, int mode, long userData) {
        int at = begin(Opcode.OPENAT, -1, userData);
        address(at, path);
        length(at, mode);
        operationFlags(at, flags);
    }

    /**
     * Asks for the status of the file at an absolute path; {@code into} is a StatusLayout, {@code
     * flags} are its.
     */
    void status(long path, long into, int flags, long userData) {
        status(-1, path, into, flags, StatusLayout.OF_PATH, userData);
    }

    /** Asks for the status of an open file; {@code nothing} points to a zero byte. */
    void statusOfDescriptor(int descriptor, long nothing, long into, long userData) {
        int flags = StatusLayout.EMPTY_PATH;
        status(descriptor, nothing, into, flags, StatusLayout.WANTED, userData);
    }

    private void status(int descriptor, long path, long into, int flags, int mask, long userData) {
        int at = begin(Opcode.STATX, descriptor, userData);
        offset(at, into);
        address(at, path);
        length(at, mask);
        operationFlags(at, flags);
    }

    /** Makes a directory, see mkdir(2). All paths are absolute and end with a zero byte. */
    void makeDirectory(long path, int mode, long userData) {
        int at = begin(Opcode.MKDIRAT, -1, userData);
        address(at, path);
        length(at, mode);
    }

    /** Removes a name, see unlinkat(2) for the flags. */
    void remove(long path, int flags, long userData) {
        int at = begin(Opcode.UNLINKAT, -1, userData);
        address(at, path);
        operationFlags(at, flags);
    }

    /** See renameat2(2). */
    void rename(long from, long to, int flags, long userData) {
        paths(Opcode.RENAMEAT, from, to, flags, userData);
    }

    /** Makes another name, see link(2). */
    void link(long from, long to, long userData) {
        paths(Opcode.LINKAT, from, to, 0, userData);
    }

    private void paths(int opcode, long from, long to, int flags, long userData) {
        int at = begin(opcode, -1, userData);
        address(at, from);
        length(at, -1);
        offset(at, to);
        operationFlags(at, flags);
    }

    /** Makes a link that reads {@code target}, see symlink(2). */
    void symbolicLink(long target, long path, long userData) {
        int at = begin(Opcode.SYMLINKAT, -1, userData);
        address(at, target);
        offset(at, path);
    }

    /** See ftruncate(2). */
    void truncate(int descriptor, long size, long userData) {
        int at = begin(Opcode.FTRUNCATE, descriptor, userData);
        offset(at, size);
    }

    /** See fallocate(2). */
    void allocate(int descriptor, long position, long length, long userData) {
        int at = begin(Opcode.FALLOCATE, descriptor, userData);
        offset(at, position);
        address(at, length);
    }

    /** See posix_fadvise(2); a length of 32 bits, which is what all kernels take. */
    void advise(int descriptor, long position, int length, int advice, long userData) {
        int at = begin(Opcode.FADVISE, descriptor, userData);
        offset(at, position);
        length(at, length);
        operationFlags(at, advice);
    }

    /** Reads into several places, see preadv(2). */
    void readVector(
            int descriptor, long vector, int count, long position, int flags, long userData) {
        transfer(Opcode.READV, descriptor, vector, count, position, flags, userData);
    }

    /** Writes from several places, see pwritev(2). */
    void writeVector(
            int descriptor, long vector, int count, long position, int flags, long userData) {
        transfer(Opcode.WRITEV, descriptor, vector, count, position, flags, userData);
    }

    /** Reads at a position, see pread(2). */
    void read(int descriptor, long address, int length, long position, int flags, long userData) {
        transfer(Opcode.READ, descriptor, address, length, position, flags, userData);
    }

    /** Writes at a position, see pwrite(2); if the descriptor appends, then at the end. */
    void write(int descriptor, long address, int length, long position, int flags, long userData) {
        transfer(Opcode.WRITE, descriptor, address, length, position, flags, userData);
    }

    private void transfer(
            int opcode,
            int descriptor,
            long address,
            int length,
            long position,
            int flags,
            long userData) {
        int at = begin(opcode, descriptor, userData);
        entryFlags(at, flags);
        offset(at, position);
        address(at, address);
        length(at, length);
    }

    /** See fsync(2); {@code flags} are {@link RequestFlag#SYNC_DATA_ONLY} or 0. */
    void sync(int descriptor, int flags, long userData) {
        int at = begin(Opcode.FSYNC, descriptor, userData);
        operationFlags(at, flags);
    }

    private int begin(int opcode, int descriptor, long userData) {
        int at = queue.claim();
        entries.putByte(at + SubmissionLayout.OPCODE, (byte) opcode);
        entries.putInt(at + SubmissionLayout.DESCRIPTOR, descriptor);
        entries.putLong(at + SubmissionLayout.USER_DATA, userData);
        return at;
    }

    private void entryFlags(int at, int flags) {
        entries.putByte(at + SubmissionLayout.FLAGS, (byte) flags);
    }

    private void priority(int at, int flags) {
        entries.putShort(at + SubmissionLayout.PRIORITY, (short) flags);
    }

    private void offset(int at, long value) {
        entries.putLong(at + SubmissionLayout.OFFSET, value);
    }

    private void address(int at, long value) {
        entries.putLong(at + SubmissionLayout.ADDRESS, value);
    }

    private void length(int at, int value) {
        entries.putInt(at + SubmissionLayout.LENGTH, value);
    }

    private void operationFlags(int at, int flags) {
        entries.putInt(at + SubmissionLayout.OPERATION_FLAGS, flags);
    }

    /**
     * The field was once 16 bits wide; on big-endian machines the kernel expects its halves
     * swapped.
     */
    private void pollEvents(int at, int events) {
        operationFlags(at, LITTLE_ENDIAN ? events : Integer.rotateLeft(events, 16));
    }
}
