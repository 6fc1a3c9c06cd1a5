// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.SetupFlag;
import io.millrace.posix.EventfdWakeup;
import io.millrace.posix.LibcSockets;
import io.millrace.posix.SocketConstants;
import io.millrace.spi.Accepted;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.Driver;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileEngine;
import io.millrace.spi.Gather;
import io.millrace.spi.IntrusiveQueue;
import io.millrace.spi.LoopContext;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.SystemServices;
import io.millrace.spi.WatchEngine;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One loop's ring. A turn has one entry into the kernel: it hands over what all ports want, returns
 * used receive buffers, lets the kernel work off what is ready, and waits if that is nothing.
 *
 * <p>Opened on any thread; the thread of the first poll becomes the ring's for good. Only {@link
 * #wakeup} may be called from others.
 *
 * <p>Invariant: while the loop waits, every port's wishes are with the kernel, and so are as many
 * receive buffers as it may have.
 */
final class UringDriver implements Driver {
    /** POLLIN, see poll(2). */
    private static final int POLL_IN = 1;

    /** Of Linux, see send(2): a short send is a failure. */
    private static final int MSG_WAITALL = 0x100;

    /**
     * How much of files the kernel reads and writes in one entry: what is in the page cache it
     * copies there and then, some tenths of a millisecond for so much.
     */
    static final int FILE_BYTES_PER_POLL = 1 << 20;

    /**
     * So many requests of files that callbacks begin are handed over before the next callback,
     * because a device may be idle meanwhile. With 32 reads past the page cache under way a disk
     * did 1.2 times as many as when all waited for the end of the turn.
     */
    static final int FILES_AT_ONCE = 8;

    /** What a request of a file costs besides its bytes, in bytes. */
    static final int FILE_REQUEST_BYTES = 4 << 10;

    /** A close with what it cancels takes two. */
    private static final int MOST_ENTRIES_PER_REQUEST = 2;

    /** How long a ring that is let go of is watched for files that it is just opening. */
    private static final long LAST_LOOK_NANOS = 100_000_000;

    /**
     * All that are open. The kernel writes into the buffers of what is in flight, and knows nothing
     * of references: a loop that nobody closes, and that nobody can reach, must not be collected
     * with them.
     */
    private static final Set<UringDriver> OPEN = ConcurrentHashMap.newKeySet();

    private static final long WAKE = UserData.pack(0, 0, Kind.WAKE);

    /** Whose completions nobody hears of. */
    private static final long NOBODY = UserData.pack(0, 0, Kind.CANCEL);

    final PortTable ports = new PortTable();
    final IntrusiveQueue<Requester> wanting = new IntrusiveQueue<>();

    /** Requests of files, which go after those of sockets, and so many in each turn. */
    final IntrusiveQueue<Requester> wantingFiles = new IntrusiveQueue<>();

    final QuietSends quietSends = new QuietSends();

    /** Those whose receive ended for want of a buffer, and is to begin again, longest first. */
    final ArrayDeque<Starving> starved = new ArrayDeque<>();

    final Gather gather = new Gather(Scratch.MAXIMUM_SEGMENTS, true);
    final Requests requests;
    final ReceiveBuffers buffers;
    final Scratch scratch;
    final int acceptFlags;

    /** The family of sockets whose connect never has to wait for a peer. */
    final int unixFamily;

    final int sendFlags;

    /** Of sends that say nothing unless they fail, or 0 if there are none. */
    final int quietSendFlags;

    /** Of a send that takes what room there is and does not wait. */
    final int hastySendFlags;

    /** Whether sends can leave their bytes where they are. */
    final boolean sendsInPlace;

    private final UringStreams streams;
    private final UringFiles files;
    final UringWatches watches;
    private final UringDatagrams datagrams;
    private final UringResources resources;
    private final LibcSockets sockets;
    private final SocketConstants constants;
    private final Ring ring;
    private final LoopContext context;

    /** What is left of {@link #FILE_BYTES_PER_POLL}. */
    private int fileBytesLeft;

    /** Requests of files that began in this turn's callbacks, and wait to be handed over. */
    private int filesBegun;

    /** Whether callbacks run, within which files may be handed over. */
    private boolean handsOverFiles;

    /** Signalled by the kernel when this ring has work, if somebody else waits for that. */
    private volatile @Nullable EventfdWakeup notices;

    /** Whose datagrams the completions of the moment bring, one behind the other. */
    private @Nullable UringDatagram delivering;

    private boolean wakeupArmed;
    private int completions;
    private int systemCalls;
    private boolean closed;

    UringDriver(
            UringResources resources,
            LibcSockets sockets,
            SocketConstants constants,
            LoopContext context) {
        this.resources = resources;
        this.sockets = sockets;
        this.constants = constants;
        this.context = context;
        streams = new UringStreams(this, sockets);
        watches = new UringWatches(this, sockets, context);
        datagrams = new UringDatagrams(this, sockets, constants);
        ring = resources.ring();
        files = new UringFiles(this, ring.features(), constants);
        requests = new Requests(ring.submissions());
        buffers = resources.buffers();
        scratch = resources.scratch();
        acceptFlags = constants.sockNonblock | constants.sockCloexec;
        unixFamily = constants.afUnix;
        sendFlags = constants.msgNosignal;
        boolean quiet = !ring.features().hasSetup(SetupFlag.KERNEL_THREAD);
        quietSendFlags = quiet ? quietSendFlags(constants) : 0;
        hastySendFlags = constants.msgNosignal | constants.msgDontwait;
        sendsInPlace = ring.features().hasOpcode(Opcode.SENDMSG_ZC);
        OPEN.add(this);
    }

    /** Whether it is held on to although nobody else may refer to it. */
    boolean isHeld() {
        return OPEN.contains(this);
    }

    /** Of a send that must not wait for room, and fails if there is too little. */
    static int quietSendFlags(SocketConstants constants) {
        return constants.msgNosignal | constants.msgDontwait | MSG_WAITALL;
    }

    @Override
    public Capabilities capabilities() {
        return sockets.capabilities()
                .withCostlyStop(true)
                .withMaximumGather(Scratch.MAXIMUM_SEGMENTS);
    }

    @Override
    public int poll(long timeoutNanos) throws IoException {
        completions = 0;
        EventfdWakeup noticed = notices;
        if (noticed != null) {
            countSystemCall();
            noticed.drain();
        }
        if (!ring.isEnabled()) {
            ring.enable();
        }
        provideBuffers();
        submitStarved();
        submitWanted();
        enter(timeoutNanos);
        context.waitEnded(ring.completions().ready());
        settleQuietSends();
        report();
        if (!watches.isEmpty()) {
            watches.lookAtSome();
        }
        context.countSystemCalls(systemCalls + ring.takeSystemCalls());
        systemCalls = 0;
        return completions;
    }

    /** What could not be offered is offered with the next poll. */
    private void provideBuffers() {
        try {
            buffers.provide();
        } catch (RuntimeException | Error thrown) {
            failed(thrown);
        }
    }

    /**
     * Receives that found no buffer begin again before all others, longest first: as many as there
     * are buffers, and each with one for it, which the kernel fills as it takes the submission.
     * Without that limit a sender that keeps up would get all of them within one entry, and again
     * each time that it is submitted first. The last may take what is left. If all are on loan,
     * everybody begins again to find that out.
     */
    private void submitStarved() throws IoException {
        int offered = buffers.offered();
        int left = offered == 0 ? starved.size() : offered;
        while (left > 0 && !starved.isEmpty() && makeRoom()) {
            Starving port = starved.remove();
            if (port.isPostponed()) {
                left--;
                port.receiveAgain(left == 0 || starved.isEmpty());
            }
        }
    }

    private void submitWanted() throws IoException {
        if (!wakeupArmed && makeRoom()) {
            armWakeup();
        }
        for (Requester port = wanting.first(); port != null; port = wanting.first()) {
            if (!port.submitWanted()) {
                return;
            }
            wanting.removeFirst(port);
        }
        fileBytesLeft = FILE_BYTES_PER_POLL;
        submitWantedOfFiles();
    }

    /** Without it the loop does not wait, so that this is tried again at once. */
    private void armWakeup() {
        int mark = mark();
        try {
            requests.pollMultishot(resources.wakeup().descriptor(), POLL_IN, WAKE);
            wakeupArmed = true;
        } catch (RuntimeException | Error thrown) {
            rollBack(mark);
            failed(thrown);
        }
    }

    /** After a request of a file has begun. */
    void fileBegun() {
        filesBegun++;
        if (filesBegun < FILES_AT_ONCE || !handsOverFiles) {
            return;
        }
        handsOverFiles = false;
        try {
            submitWantedOfFiles();
            if (ring.submissions().pending() > 0) {
                ring.submit();
            }
        } catch (IoException | RuntimeException | Error again) {
            // Who has begun a request has begun it. What was not handed over is with the next poll,
            // which fails of the same if it lasts.
        } finally {
            handsOverFiles = true;
        }
    }

    /** What is left for the next poll keeps this one from waiting. */
    private void submitWantedOfFiles() throws IoException {
        filesBegun = 0;
        Requester request = wantingFiles.first();
        while (request != null && fileBytesLeft > 0 && request.submitWanted()) {
            wantingFiles.removeFirst(request);
            request = wantingFiles.first();
        }
    }

    void countFileRequest() {
        fileBytesLeft -= FILE_REQUEST_BYTES;
    }

    /** Bytes that the kernel copies as it takes the request, if they are in the page cache. */
    void countFileBytes(int bytes) {
        fileBytesLeft -= bytes;
    }

    /** How far submissions are filled in, for {@link #rollBack}. */
    int mark() {
        return ring.submissions().mark();
    }

    /** Takes back what was filled in since, because it could not be finished. */
    void rollBack(int mark) {
        ring.submissions().rollBack(mark);
    }

    boolean isUnsubmitted(long userData) {
        return ring.submissions().holds(userData);
    }

    /**
     * Whether the kernel does not take a request now: then it becomes one that does nothing, and
     * whose memory nobody needs. Not with a kernel that takes requests by itself.
     */
    boolean keepsBack(long userData) {
        if (isUnsubmitted(userData)) {
            try {
                ring.submit();
            } catch (IoException refusal) {
                failed(refusal);
            }
        }
        return ring.submissions().makeIdle(userData);
    }

    /**
     * Takes a request's completion before its turn, from wherever the kernel has put it, into
     * {@link #resultAhead} and {@link #flagsAhead}. Answers whether there is one.
     */
    boolean takeAhead(long userData) {
        CompletionQueue queue = ring.completions();
        while (!queue.takeAhead(userData, NOBODY)) {
            if (!ring.submissions().hasOverflown()) {
                return false;
            }
            fetchOverflown();
        }
        return true;
    }

    /** The kernel keeps what the queue has no room for, and gives as much as there is room. */
    private void fetchOverflown() {
        ring.completions().setAside();
        try {
            ring.submitAndPeek();
        } catch (IoException refusal) {
            throw new IllegalStateException("nobody knows what the kernel has sent", refusal);
        }
    }

    int resultAhead() {
        return ring.completions().resultAhead();
    }

    int flagsAhead() {
        return ring.completions().flagsAhead();
    }

    /** Something failed in the middle of a port, whose operation ends for it. */
    void failed(Throwable failure) {
        context.failed(failure);
    }

    /** What an operation ends with that this was thrown in. */
    static int codeOf(Throwable thrown) {
        if (thrown instanceof IoException failure) {
            return failure.code();
        }
        return thrown instanceof OutOfMemoryError ? Code.NO_MEMORY : Code.IO_ERROR;
    }

    /** Sees to it that any one request fits, if the kernel takes submissions at all now. */
    boolean makeRoom() throws IoException {
        SubmissionQueue submissions = ring.submissions();
        if (submissions.room() < MOST_ENTRIES_PER_REQUEST) {
            ring.submit();
        }
        return submissions.room() >= MOST_ENTRIES_PER_REQUEST;
    }

    private void enter(long timeoutNanos) throws IoException {
        if (timeoutNanos != 0 && mayWait()) {
            context.waitBegins();
            ring.submitAndWait(timeoutNanos);
        } else if (ring.hasWork()) {
            ring.submitAndPeek();
        }
    }

    /** Whether something in the kernel is certain to end the wait if it should end. */
    private boolean mayWait() {
        return wakeupArmed
                && wanting.isEmpty()
                && wantingFiles.isEmpty()
                && starved.isEmpty()
                && ring.completions().ready() == 0
                && (quietSends.isEmpty() || !(quietSends.areAwaited() || buffers.isStarved()));
    }

    /**
     * Before anything else is reported: an answer to what was sent may be among the completions,
     * and must not find the send still in its stream's queue.
     */
    private void settleQuietSends() {
        SubmissionQueue submissions = ring.submissions();
        if (!quietSends.isEmpty() && submissions.pending() == 0 && !submissions.hasOverflown()) {
            exceptFailedSends();
            quietSends.settle();
        }
    }

    private void exceptFailedSends() {
        CompletionQueue queue = ring.completions();
        for (int i = queue.ready() - 1; i >= 0; i--) {
            long userData = queue.userDataAfter(i);
            if (UserData.kind(userData) == Kind.SEND
                    && ports.find(userData) instanceof UringStream stream) {
                stream.sendIsHeardOf();
            }
        }
    }

    /** Only what is there now: completions that these bring about wait for the next poll. */
    private void report() {
        // A kernel with a thread of its own for the ring would have to be waited for.
        handsOverFiles = !ring.features().hasSetup(SetupFlag.KERNEL_THREAD);
        CompletionQueue queue = ring.completions();
        for (int left = queue.ready(); left > 0; left--) {
            queue.take();
            dispatch(queue.userData(), queue.result(), queue.flags());
        }
        deliveryEnds();
        handsOverFiles = false;
    }

    /** Until another port has a completion, or there is none left, they are one batch. */
    void delivers(UringDatagram port) {
        delivering = port;
    }

    private void deliveryEnds() {
        UringDatagram port = delivering;
        if (port != null) {
            delivering = null;
            port.batchEnds();
        }
    }

    private void dispatch(long userData, int result, int flags) {
        int kind = UserData.kind(userData);
        if (kind == Kind.WAKE) {
            wakeupArmed = CompletionFlag.hasMore(flags);
        } else if (kind != Kind.CANCEL) {
            complete(userData, kind, result, flags);
        }
    }

    /** Whatever fails in there is told, and is no matter of the completions behind it. */
    private void complete(long userData, int kind, int result, int flags) {
        try {
            Requester port = ports.find(userData);
            if (port == null) {
                throw new AssertionError("a completion of kind " + kind + " after its port's last");
            }
            if (delivering != null && delivering != port) {
                deliveryEnds();
            }
            port.complete(kind, result, flags);
        } catch (RuntimeException | Error failure) {
            failed(failure);
        }
    }

    /** Which place of {@link #scratch} belongs to the next submission. */
    int nextPlace() {
        return ring.submissions().nextPlace();
    }

    /** What the kernel accepted, for the loop to pass on. */
    Accepted accepted(int descriptor) {
        return sockets.accepted(descriptor);
    }

    /** A file that the kernel has opened. */
    OpenFile opened(int descriptor) {
        return sockets.opened(descriptor);
    }

    /** A file that was opened without waiting is to wait from now on. */
    void setBlocking(int descriptor) {
        countSystemCall();
        sockets.calls().setBlocking(descriptor);
    }

    /** Closes what nobody wants, such as a connection of a listener that is being closed. */
    int discard(int descriptor) {
        countSystemCall();
        return resources.calls().close(descriptor);
    }

    void countCompletion() {
        completions++;
    }

    void countSystemCall() {
        systemCalls++;
    }

    @Override
    public void wakeup() {
        resources.wakeup().signal();
        // A write to one eventfd does not get through to another by way of a ring: the kernel puts
        // that off, and from Linux 6.12 on forgets it from the second time on.
        EventfdWakeup current = notices;
        if (current != null) {
            current.signal();
        }
    }

    @Override
    public StreamEngine streams() {
        return streams;
    }

    @Override
    public @Nullable String whyUnsupported(PortOption option) {
        if (option == PortOption.ZERO_COPY_BYTES && !sendsInPlace) {
            return "this kernel has no IORING_OP_SENDMSG_ZC, which came with Linux 6.1";
        }
        return sockets.whyUnsupported(option);
    }

    @Override
    public DatagramEngine datagrams() {
        return datagrams;
    }

    @Override
    public FileEngine files() {
        return files;
    }

    @Override
    public FileCalls fileCalls() {
        return sockets.fileCalls();
    }

    @Override
    public SystemServices system() {
        return sockets.system();
    }

    @Override
    public WatchEngine watches() {
        return watches;
    }

    /** Whether a number is anybody's at the moment. */
    boolean isOpen(int descriptor) {
        countSystemCall();
        return sockets.isOpen(descriptor);
    }

    /**
     * Not the ring's own: that is readable when there are completions, and of work that has yet to
     * become one, which waits for this thread to enter the ring, not everybody is woken.
     */
    @Override
    public int descriptor() throws IoException {
        EventfdWakeup current = notices;
        if (current == null) {
            current = EventfdWakeup.open(sockets.calls(), constants);
            int result = ring.notify(current.descriptor());
            if (result < 0) {
                current.close();
                throw IoException.of(result, "io_uring_register", null);
            }
            notices = current;
        }
        return current.descriptor();
    }

    @Override
    public long untilPollNanos() {
        return !ring.isEnabled() || ring.hasWork() || !mayWait() ? 0 : -1;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        EventfdWakeup noticed = notices;
        if (noticed != null) {
            noticed.close();
        }
        if (ports.size() == 0) {
            resources.close();
            OPEN.remove(this);
        } else {
            abandon();
        }
    }

    /**
     * For a loop that cannot wait until its ports are closed. What is in flight the kernel cancels
     * when it takes the ring down, some time later. Until when, nobody says; so memory that it may
     * still fill stays where it is, for good, and this driver among those that are open.
     */
    private void abandon() {
        dropCompletions();
        long end = context.nanoTime() + LAST_LOOK_NANOS;
        long left = LAST_LOOK_NANOS;
        while (left > 0 && ports.anyIsOpening() && ring.look(left)) {
            dropCompletions();
            left = end - context.nanoTime();
        }
        int[] leftOpen = ports.leftOpen();
        resources.abandon();
        for (int descriptor : leftOpen) {
            if (descriptor != Requester.NONE) {
                discard(descriptor);
            }
        }
    }

    /** Those that bring descriptors, or say that one is closed, are not without consequence. */
    private void dropCompletions() {
        CompletionQueue queue = ring.completions();
        for (int left = queue.ready(); left > 0; left--) {
            queue.take();
            long userData = queue.userData();
            int kind = UserData.kind(userData);
            Requester port = kind == Kind.WAKE || kind == Kind.CANCEL ? null : ports.find(userData);
            if (port != null) {
                port.completedTooLate(kind, queue.result(), queue.flags());
            }
        }
    }

    /** For {@code describe()} of the loop, so from any thread and also when all this is closed. */
    @Override
    public String toString() {
        return ring
                + "; "
                + ports
                + "; receive buffers: "
                + buffers
                + (starved.isEmpty() ? "" : "; streams that wait for one: " + starved.size());
    }
}
