// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.posix.MessageLayout;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketConstants;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Code;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A connection made, used and closed through a ring: every request that sockets rest on, with every
 * layout, once for real. Those of files are older than the oldest kernel that passes.
 *
 * <p>The socket is a Unix one whose name the kernel chooses, so that neither a network nor a file
 * system is needed. Used once, on one thread; enables the ring.
 */
final class Trial {
    /** The buffer group it receives with. */
    static final int GROUP = 0;

    private static final int BUFFERS = 2;
    private static final int BUFFER_BYTES = 64;
    private static final int BACKLOG = 1;

    /** A healthy kernel needs microseconds; a machine that stands still gets a second an answer. */
    private static final long PATIENCE_NANOS = 1_000_000_000;

    /** Behind a message header. */
    private static final int SEGMENTS = 64;

    private static final int KINDS = 16;
    private static final int NONE = -1;

    private final RingCalls calls;
    private final SystemCalls system;
    private final Ring ring;
    private final Requests requests;
    private final SocketConstants constants = Platform.current().constants();
    private final NativeMemory scratch = NativeMemory.allocate(1024);

    private final boolean[] completed = new boolean[KINDS];
    private final int[] results = new int[KINDS];
    private final int[] flags = new int[KINDS];

    private int listener = NONE;
    private int client = NONE;
    private int server = NONE;

    Trial(RingCalls calls, SystemCalls system, Ring ring) {
        this.calls = calls;
        this.system = system;
        this.ring = ring;
        requests = new Requests(ring.submissions());
    }

    void run() throws UnusableException, IoException {
        try (BufferRing buffers = BufferRing.register(calls, ring, GROUP, BUFFERS, 0)) {
            ring.enable();
            int addressBytes = listen();
            connectAndAccept(addressBytes);
            sendAndReceive(buffers);
            cancelAndClose();
            sendToNobody();
            waitInVain();
        } finally {
            closeAll();
        }
    }

    /** Answers how many bytes the listener's address has, which {@link #scratch} begins with. */
    private int listen() throws UnusableException {
        listener = require("socket", socket());
        scratch.putShort(0, (short) constants.afUnix);
        require("bind", system.bind(listener, scratch.address(), Short.BYTES));
        require("listen", system.listen(listener, BACKLOG));
        int lengthAt = scratch.size() - Integer.BYTES;
        scratch.putInt(lengthAt, lengthAt);
        require(
                "getsockname",
                system.getsockname(listener, scratch.address(), scratch.address(lengthAt)));
        return scratch.getInt(lengthAt);
    }

    private int socket() {
        int type = constants.sockStream | constants.sockCloexec | constants.sockNonblock;
        return system.socket(constants.afUnix, type, 0);
    }

    private void connectAndAccept(int addressBytes) throws UnusableException, IoException {
        client = require("socket", socket());
        requests.acceptMultishot(listener, constants.sockCloexec, userData(Kind.ACCEPT));
        requests.connect(client, scratch.address(), addressBytes, userData(Kind.CONNECT));
        require("connect", await(Kind.CONNECT));
        server = require("multishot accept", await(Kind.ACCEPT));
        requireFlag("multishot accept", flags[Kind.ACCEPT], CompletionFlag.MORE);
    }

    private void sendAndReceive(BufferRing buffers) throws UnusableException, IoException {
        byte[] sent = "millrace".getBytes(StandardCharsets.US_ASCII);
        for (int id = 0; id < BUFFERS; id++) {
            buffers.offer(id, scratch.address(bufferAt(id)), BUFFER_BYTES);
        }
        buffers.publish();
        requests.receiveMultishot(server, GROUP, userData(Kind.RECEIVE));
        sendQuietly(sent);
        requireCount("multishot receive", await(Kind.RECEIVE), sent.length);
        int more = CompletionFlag.MORE | CompletionFlag.BUFFER;
        requireFlag("multishot receive", flags[Kind.RECEIVE], more);
        byte[] received = new byte[sent.length];
        scratch.getBytes(bufferAt(CompletionFlag.bufferId(flags[Kind.RECEIVE])), received);
        if (!Arrays.equals(sent, received)) {
            throw new UnusableException("a provided buffer did not hold what was received");
        }
    }

    /** Says nothing unless it fails, as most sends of this backend. */
    private void sendQuietly(byte[] bytes) {
        requests.sendMessage(
                client,
                message(bytes),
                UringDriver.quietSendFlags(constants),
                EntryFlag.SKIP_SUCCESS,
                userData(Kind.SEND));
    }

    /** A quiet send that fails must have said so when its submission returns. */
    private void sendToNobody() throws UnusableException, IoException {
        if (completed[Kind.SEND]) {
            throw new UnusableException("a successful send through a ring cannot be kept quiet");
        }
        sendQuietly(new byte[2]);
        ring.submitAndPeek();
        takeCompletions();
        if (!completed[Kind.SEND]) {
            throw new UnusableException("a failed send through a ring is not reported at once");
        }
        requireCount("a send to nobody", results[Kind.SEND], Code.BROKEN_PIPE);
    }

    /** Provided buffers begin behind what {@link #message} uses. */
    private int bufferAt(int id) throws UnusableException {
        if (id >= BUFFERS) {
            throw new UnusableException("a receive named a buffer that was never provided");
        }
        return scratch.size() / 2 + id * BUFFER_BYTES;
    }

    /** Answers the address of a header for {@code bytes} in two segments. */
    private long message(byte[] bytes) {
        int bytesAt = SEGMENTS + 2 * MessageLayout.SEGMENT_BYTES;
        int half = bytes.length / 2;
        scratch.zero(0, bytesAt);
        scratch.putBytes(bytesAt, bytes);
        putSegment(0, bytesAt, half);
        putSegment(1, bytesAt + half, bytes.length - half);
        Platform.current().messages().putHeader(scratch, 0, scratch.address(SEGMENTS), 2);
        return scratch.address();
    }

    private void putSegment(int index, int bytesAt, int length) {
        int at = SEGMENTS + index * MessageLayout.SEGMENT_BYTES;
        MessageLayout.putSegment(scratch, at, scratch.address(bytesAt), length);
    }

    private void cancelAndClose() throws UnusableException, IoException {
        completed[Kind.RECEIVE] = false;
        requests.cancelAndClose(server, userData(Kind.CANCEL), userData(Kind.CLOSE));
        server = NONE;
        require("close", await(Kind.CLOSE));
        require("cancel", await(Kind.CANCEL));
        requireCount("a cancelled receive", await(Kind.RECEIVE), Code.CANCELLED);
    }

    /** A wait with a time limit must end although nothing happens. */
    private void waitInVain() throws IoException {
        ring.submitAndWait(1);
    }

    /** Waits for the completion of the one request of a kind: its result. */
    private int await(int kind) throws UnusableException, IoException {
        while (!completed[kind]) {
            ring.submitAndWait(PATIENCE_NANOS);
            if (ring.completions().ready() == 0) {
                throw new UnusableException("a ring can be made, but does not complete requests");
            }
            takeCompletions();
        }
        return results[kind];
    }

    private void takeCompletions() throws UnusableException {
        while (ring.completions().ready() > 0) {
            takeCompletion();
        }
    }

    private void takeCompletion() throws UnusableException {
        CompletionQueue completions = ring.completions();
        completions.take();
        int kind = UserData.kind(completions.userData());
        if (completions.userData() != userData(kind) || kind >= KINDS) {
            throw new UnusableException("completions do not bring back what was submitted");
        }
        completed[kind] = true;
        results[kind] = completions.result();
        flags[kind] = completions.flags();
    }

    private static long userData(int kind) {
        return UserData.pack(kind + 1, KINDS - kind, kind);
    }

    private static int require(String step, int result) throws UnusableException {
        if (result < 0) {
            throw new UnusableException(
                    step
                            + " through a ring fails: "
                            + Code.name(result)
                            + ", "
                            + Code.describe(result),
                    result);
        }
        return result;
    }

    private static void requireCount(String step, int result, int expected)
            throws UnusableException {
        if (result != expected) {
            throw new UnusableException(
                    step + " through a ring answers " + result + " instead of " + expected);
        }
    }

    private static void requireFlag(String step, int flags, int expected) throws UnusableException {
        if ((flags & expected) != expected) {
            throw new UnusableException(
                    step + " through a ring ends after one completion, or uses no buffer");
        }
    }

    private void closeAll() {
        for (int descriptor : new int[] {server, client, listener}) {
            if (descriptor != NONE) {
                system.close(descriptor);
            }
        }
    }
}
