// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.iouring.UringAbi.RequestFlag;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.StreamSink;

/**
 * How a stream's sends are submitted, and when they are over: one at a time, each in one of four
 * ways. Loop thread only.
 *
 * <ul>
 *   <li>Quietly, the usual one: it must fit into the socket at once, and says nothing if it does;
 *       see {@link QuietSends}.
 *   <li>Patiently, after one for which there was too little room: the kernel waits until there is
 *       some, sends what fits, and says how much.
 *   <li>Hastily, in place of patiently, if the memory is not the kernel's to keep: what fits at
 *       once is sent, and if that is nothing the stream waits for room without the kernel's help.
 *   <li>In place, if that was asked for: the kernel says what became of it, and then that it does
 *       not need the memory any more. (The first may be all when nothing was sent.)
 * </ul>
 */
final class Sender {
    /** Sends of as much as one may have are unlikely to fit into the socket at once. */
    static final int QUIET_BYTES = Gather.MOST_BYTES;

    private static final int NEVER = Integer.MAX_VALUE;

    private final UringStream stream;
    private final UringDriver driver;
    private final StreamSink sink;

    /**
     * From how many bytes on to send in place; {@link #NEVER} at first, and once the kernel has
     * shown that it gains nothing.
     */
    private int inPlaceBytes = NEVER;

    /** Whether the kernel may have the memory of the send only while it takes the submission. */
    private boolean revocable;

    /** Whether the send in flight is in place. */
    private boolean inPlace;

    /** Whether the last send found less room than it needed. */
    private boolean socketFull;

    private long requestedBytes;

    /** Those of the send in flight if it is a quiet one; else 0. */
    private int quietBytes;

    private int result;
    private boolean again;

    Sender(UringStream stream, StreamSink sink) {
        this.stream = stream;
        this.sink = sink;
        driver = stream.driver;
    }

    /** See {@link io.millrace.spi.PortOption#ZERO_COPY_BYTES}. */
    void sendInPlaceFrom(int bytes) {
        inPlaceBytes = bytes == 0 ? NEVER : bytes;
    }

    int inPlaceFrom() {
        return inPlaceBytes == NEVER ? 0 : inPlaceBytes;
    }

    void isRevocable(boolean is) {
        revocable = is;
    }

    boolean isRevocable() {
        return revocable;
    }

    /** The socket has said so. */
    void foundRoom() {
        socketFull = false;
    }

    /** Whether the kernel may need memory of the send in flight until the peer has the bytes. */
    boolean isInPlace() {
        return inPlace && stream.isInFlight(Kind.SEND);
    }

    /** Fills a submission with what the sink offers. */
    void prepare() {
        Gather gather = driver.gather;
        try {
            sink.gather(gather);
            prepare(gather);
        } finally {
            gather.clear();
        }
    }

    private void prepare(Gather gather) {
        requestedBytes = gather.bytes();
        assert requestedBytes > 0 : "nothing to send";
        inPlace = requestedBytes >= inPlaceBytes && !revocable;
        if (inPlace) {
            driver.requests.sendMessageInPlace(
                    stream.descriptor, putMessage(gather), driver.sendFlags, userData());
        } else if (mayBeQuiet()) {
            prepare(gather, driver.quietSendFlags, EntryFlag.SKIP_SUCCESS);
            driver.quietSends.add(this, !gather.allowsLateReport());
            // The last that can fail has succeeded: it is going to be submitted.
            quietBytes = (int) requestedBytes;
        } else {
            prepare(gather, revocable ? driver.hastySendFlags : driver.sendFlags, 0);
        }
    }

    private boolean mayBeQuiet() {
        return driver.quietSendFlags != 0 && !socketFull && requestedBytes < QUIET_BYTES;
    }

    /** One segment goes by SEND, which spares the kernel copying a header. */
    private void prepare(Gather gather, int messageFlags, int entryFlags) {
        if (gather.count() == 1) {
            driver.requests.send(
                    stream.descriptor,
                    Scratch.segmentAddress(gather, 0),
                    gather.length(0),
                    messageFlags,
                    entryFlags,
                    userData());
        } else {
            driver.requests.sendMessage(
                    stream.descriptor, putMessage(gather), messageFlags, entryFlags, userData());
        }
    }

    private long putMessage(Gather gather) {
        return driver.scratch.putMessage(driver.nextPlace(), gather);
    }

    private long userData() {
        return stream.userData(Kind.SEND);
    }

    /** A quiet send has not been heard of, so it has sent everything; if there is one. */
    void settle() {
        if (quietBytes != 0) {
            try {
                stream.complete(Kind.SEND, quietBytes, 0);
            } catch (RuntimeException | Error failure) {
                driver.failed(failure);
            }
        }
    }

    /** Of a quiet send that has succeeded: what it has sent. It is over, and not to be settled. */
    int sentUnheard() {
        int bytes = quietBytes;
        quietBytes = 0;
        stream.isOverUnheard(Kind.SEND);
        return bytes;
    }

    /** There is a completion for the send in flight, so it is not to be settled. */
    void isHeardOf() {
        quietBytes = 0;
    }

    /**
     * Takes note of a completion. Answers whether the send is over; if not, its memory is still
     * needed.
     */
    boolean ends(int answer, int flags) {
        isHeardOf();
        if (CompletionFlag.isNotification(flags)) {
            if ((answer & RequestFlag.RESULT_ZERO_COPY_COPIED) != 0) {
                inPlaceBytes = NEVER;
            }
            return true;
        }
        // By fast open: the first bytes were to go with the SYN, which has left without them.
        boolean waitsToConnect = answer == Code.IN_PROGRESS;
        result = waitsToConnect ? Code.WOULD_BLOCK : answer;
        socketFull = result == Code.WOULD_BLOCK || (answer >= 0 && answer < requestedBytes);
        again =
                UringStream.isTransient(result)
                        || isRefusedInPlace(answer)
                        || (answer == 0 && revocable);
        return !CompletionFlag.hasMore(flags);
    }

    /**
     * The kernel is too old to report copying (Linux 6.1), the socket is of another kind, or the
     * pages that it pins exceed RLIMIT_MEMLOCK. An ordinary send tells if there is more to it.
     */
    private boolean isRefusedInPlace(int answer) {
        boolean refused =
                inPlace
                        && (answer == Code.INVALID_ARGUMENT
                                || answer == Code.NOT_SUPPORTED
                                || answer == Code.NO_MEMORY);
        if (refused) {
            inPlaceBytes = NEVER;
        }
        return refused;
    }

    /** What the send that is over has sent, or why it has not. */
    int result() {
        return result;
    }

    /** Whether nothing was sent for a reason that another attempt does away with. */
    boolean isToBeMadeAgain() {
        return again;
    }
}
