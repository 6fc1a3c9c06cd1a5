// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream over readiness: tries what may succeed, remembers what would block.
 *
 * <p>A sink called from here may issue any command on this port, close included; so after every
 * call of a sink the state is looked at afresh.
 */
final class ReactorStream extends ReactorPort implements StreamPort {
    /**
     * After a full chunk turned out to be all there was, so many more full ones are taken for all
     * there is. Messages as long as a chunk then cost a receive that finds nothing only now and
     * then, and a long stream soon gets several receives to a poll again.
     */
    static final int FULL_CHUNKS_TAKEN_FOR_ALL = 15;

    /** EFAULT: memory that cannot be pinned, such as that of a device. */
    private static final int BAD_ADDRESS = -14;

    private final RawStream socket;
    private final StreamSink sink;

    private boolean connecting;
    private @Nullable ByteBuffer target;
    private boolean sending;

    /** Whether the send in flight sends nothing any more, which is yet to be reported. */
    private boolean dropped;

    /** Full chunks that are still taken for all there is. Edge-triggered, none may be. */
    private int takenForAll;

    /** What is being sent when it is not what the sink gathers. */
    private @Nullable FileSend file;

    /** What goes with {@link #carrier} when that is what is being sent. */
    private int @Nullable [] passing;

    private byte carrier;
    private boolean takesDescriptors;

    /** How sends leave their memory in place; null on the many streams that were never told to. */
    private @Nullable InPlace inPlace;

    ReactorStream(ReactorDriver driver, RawStream socket, StreamSink sink) {
        super(driver, socket);
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public int bind(SocketAddress local) {
        assert !closed && !connecting;
        driver.countSystemCall();
        return socket.bind(local);
    }

    @Override
    public int connect(SocketAddress to) {
        assert !closed && !connecting;
        int result = socket.connect(to);
        driver.countSystemCall();
        if (result != Code.IN_PROGRESS) {
            return result;
        }
        connecting = true;
        forget(Poller.WRITE);
        awaitReady(Poller.WRITE);
        return Code.PENDING;
    }

    @Override
    public void startReceive() {
        assert target == null;
        beginReceiving();
    }

    @Override
    public void stopReceive() {
        endReceiving();
    }

    @Override
    public void receiveInto(ByteBuffer into) {
        assert !closed && !receiving && target == null;
        assert into.isDirect() && into.hasRemaining();
        target = into;
        awaitReady(Poller.READ);
    }

    @Override
    public int send() {
        return send(true);
    }

    /** Sends are made with memory gathered right before, so these only are not left in place. */
    @Override
    public int sendPassing() {
        return send(false);
    }

    private int send(boolean lasting) {
        assert !closed && !sending;
        InPlace some = inPlace;
        if (some != null) {
            some.lasting = lasting;
        }
        return started(surelyBlocked() ? Code.WOULD_BLOCK : sendGathered());
    }

    @Override
    public int sendFile(OpenFile source, long position, long count) {
        assert !closed && !sending;
        FileSend send = new FileSend(source, position, count);
        int result = started(surelyBlocked() ? Code.WOULD_BLOCK : sendFrom(send));
        if (result == Code.PENDING) {
            file = send;
        }
        return result;
    }

    @Override
    public int sendDescriptors(byte with, int[] descriptors) {
        assert !closed && !sending;
        int result = started(surelyBlocked() ? Code.WOULD_BLOCK : sendPassed(with, descriptors));
        if (result == Code.PENDING) {
            carrier = with;
            passing = descriptors;
        }
        return result;
    }

    private int sendPassed(byte with, int[] descriptors) {
        int result = socket.sendDescriptors(with, descriptors);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.WRITE);
        }
        return result;
    }

    @Override
    public void takeDescriptors() {
        assert !closed && !receiving;
        socket.takeDescriptors();
        takesDescriptors = true;
    }

    /** Before the bytes that they came with. */
    private void tellDescriptors() {
        Passed passed = socket.passed();
        if (passed != null) {
            sink.onDescriptors(passed);
        }
    }

    @Override
    public int trySend(ByteBuffer source) {
        assert !closed && !sending;
        if (surelyBlocked()) {
            return Code.WOULD_BLOCK;
        }
        int start = source.position();
        int limit = source.limit();
        Gather gather = driver.gather;
        int taken = 0;
        try {
            gather.add(source, 0, start, limit);
            int result = sent(gather);
            taken = Math.max(result, 0);
            return result;
        } finally {
            gather.clear();
            source.limit(limit).position(start + taken);
        }
    }

    @Override
    public void dropSend() {
        assert !closed && sending && !isHeldByKernel();
        dropped = true;
        file = null;
        passing = null;
        driver.end(this);
    }

    @Override
    void reportDropped() {
        if (dropped) {
            reportSent(Code.CANCELLED);
        }
    }

    @Override
    public Accepted release() {
        assert !connecting && !receiving && target == null;
        try {
            leave();
            return socket.release();
        } catch (Throwable failure) {
            // No memory, say: it is not the poller's any more, and nobody else's yet.
            socket.close();
            throw failure;
        }
    }

    @Override
    public int shutdownOutput() {
        assert !closed;
        driver.countSystemCall();
        return socket.shutdownOutput();
    }

    @Override
    public int shutdownInput() {
        assert !closed;
        driver.countSystemCall();
        return socket.shutdownInput();
    }

    @Override
    public int peerCredentials(int[] into) {
        assert !closed;
        return socket.peerCredentials(into);
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        assert !closed;
        return socket.remoteAddress();
    }

    /** The last send filled the socket, and the poller will tell when there is room again. */
    private boolean surelyBlocked() {
        return !believes(Poller.WRITE) && (told & Poller.WRITE) != 0;
    }

    private int started(int result) {
        if (result == Code.PENDING) {
            sending = true;
            driver.interestChanged(this);
            return result;
        }
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        sending = true;
        awaitReady(Poller.WRITE);
        return Code.PENDING;
    }

    @Override
    int interest() {
        int read = wantsRead() ? Poller.READ : 0;
        if (isHeldByKernel()) {
            return socket.awaitsNotice ? read | Poller.NOTICE : read;
        }
        return connecting || (sending && !dropped) ? read | Poller.WRITE : read;
    }

    private boolean wantsRead() {
        return (receiving && !stopping) || target != null;
    }

    /** Reads what {@link #run} is going to need. */
    int prefetch() {
        return socket.descriptor() + sink.prefetch();
    }

    @Override
    void runWithin(ReceiveBatch batch) {
        batch.add(this);
    }

    /** Whether a receive into a chunk comes first. */
    boolean startsWithChunk() {
        return !closed
                && receiving
                && !stopping
                && !connecting
                && !takesDescriptors
                && believes(Poller.READ);
    }

    /** Leaves that receive to a row; {@link #run(PoolChunk, int)} goes on from there. */
    void addTo(ReceiveRow row, PoolChunk chunk) {
        row.add(socket, chunk);
    }

    /** What {@link #advance} does if it {@link #startsWithChunk}, after that receive. */
    void run(PoolChunk first, int result) {
        driver.countSystemCall();
        if (closed) {
            first.release();
            return;
        }
        runBegins();
        received(first, result, false);
        receive(1);
        goOnSending();
        runEnds();
    }

    @Override
    void advance() {
        if (connecting && believes(Poller.WRITE)) {
            finishConnect();
        }
        receive(0);
        goOnSending();
    }

    private void finishConnect() {
        int result = socket.finishConnect();
        driver.countSystemCall();
        if (result == Code.IN_PROGRESS) {
            forget(Poller.WRITE);
        } else {
            reportConnected(result);
        }
    }

    /**
     * @param before how many receives this stream has had in this poll
     */
    private void receive(int before) {
        for (int i = before; i < driver.receivesPerPoll; i++) {
            if (closed || !believes(Poller.READ) || (i > 0 && !driver.mayReceiveAgain())) {
                return;
            }
            if (target != null) {
                receiveInto();
            } else if (receiving && !stopping) {
                receiveChunk(i > 0);
            } else {
                return;
            }
        }
    }

    /** A chunk is taken when there is something to put into it: silent streams hold no memory. */
    private void receiveChunk(boolean again) {
        PoolChunk chunk = driver.chunks.acquire();
        if (chunk == null) {
            reportReceiveStopped(Code.NO_CHUNKS);
            return;
        }
        driver.countSystemCall();
        int result;
        try {
            result = socket.receive(chunk);
        } catch (Throwable failure) {
            chunk.release();
            throw failure;
        }
        received(chunk, result, again);
    }

    /**
     * @param again whether the chunk before, in the same run, was filled
     */
    private void received(PoolChunk chunk, int result, boolean again) {
        if (result > 0) {
            if (result < chunk.capacity()) {
                drained();
            } else if (takenForAll > 0) {
                takenForAll--;
                forget(Poller.READ);
            }
            chunk.filled(0, result);
            driver.countCompletion();
            try {
                if (takesDescriptors) {
                    tellDescriptors();
                }
                sink.onReceive(chunk);
            } finally {
                chunk.release();
            }
            return;
        }
        chunk.release();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.READ);
            if (again && !driver.edgeTriggered) {
                takenForAll = FULL_CHUNKS_TAKEN_FOR_ALL;
            }
        } else {
            reportReceiveStopped(result);
        }
    }

    @SuppressWarnings("NullAway") // called only with a target
    private void receiveInto() {
        int room = target.remaining();
        int result = socket.receive(target);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.READ);
            return;
        }
        if (result > 0) {
            if (result < room) {
                drained();
            } else if (!driver.edgeTriggered) {
                // Targets are often as long as the message, so a full one says little; asking the
                // poller again costs less than a receive that is likely to find nothing.
                forget(Poller.READ);
            }
            if (takesDescriptors) {
                tellDescriptors();
            }
        }
        reportReceivedInto(result);
    }

    /** A short read emptied the socket, unless the peer's end may be right behind the bytes. */
    private void drained() {
        boolean isAll = !driver.edgeTriggered || socket.shortReceiveIsAll();
        if (isAll && !believes(Poller.HANGUP)) {
            forget(Poller.READ);
        }
    }

    private void goOnSending() {
        if (closed || !sending || dropped) {
            return;
        }
        if (isHeldByKernel()) {
            if (believes(Poller.NOTICE)) {
                noticeMayHaveCome();
            }
        } else if (believes(Poller.WRITE)) {
            finishSend();
        }
    }

    private void finishSend() {
        FileSend send = file;
        int[] descriptors = passing;
        int result;
        if (descriptors != null) {
            result = sendPassed(carrier, descriptors);
        } else {
            result = send == null ? sendGathered() : sendFrom(send);
        }
        if (result == Code.PENDING) {
            driver.interestChanged(this);
        } else if (result != Code.WOULD_BLOCK) {
            reportSent(result);
        }
    }

    /** Bytes taken, {@code PENDING} if the kernel has the memory as well, or a code. */
    private int sendGathered() {
        Gather gather = driver.gather;
        try {
            sink.gather(gather);
            InPlace some = inPlace;
            return some != null && some.isFor(gather) ? sentInPlace(gather, some) : sent(gather);
        } finally {
            // Also when something fails: the next stream must not send these bytes.
            gather.clear();
        }
    }

    private int sent(Gather gather) {
        int result = socket.send(gather);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK || (result >= 0 && result < gather.bytes())) {
            forget(Poller.WRITE);
        }
        return result;
    }

    private int sentInPlace(Gather gather, InPlace some) {
        int result = socket.sendInPlace(gather);
        driver.countSystemCall();
        if (result > 0) {
            if (result < gather.bytes()) {
                forget(Poller.WRITE);
            }
            some.taken = result;
            some.isHeld = true;
            socket.awaitsNotice = true;
            forget(Poller.NOTICE);
            return Code.PENDING;
        }
        switch (result) {
            case Code.NO_CHUNKS -> {
                // What one process may pin, or one socket keep track of, is used up: for now.
            }
            case Code.INVALID_ARGUMENT, Code.NOT_SUPPORTED, Code.NO_MEMORY, BAD_ADDRESS ->
                    some.bytes = 0;
            default -> {
                if (result == Code.WOULD_BLOCK) {
                    forget(Poller.WRITE);
                }
                return result;
            }
        }
        return sent(gather);
    }

    /**
     * The socket has an error to tell: that there is a notice, or one of the connection. In the
     * second case the notice may be still to come, of bytes that a network device has. Since a
     * level-triggered poller would tell of the error until then, it is not to tell of notices.
     */
    private void noticeMayHaveCome() {
        forget(Poller.NOTICE);
        if (noticeHasCome()) {
            if (driver.edgeTriggered) {
                // There may have been an error as well, and it is told once.
                heard(Poller.READ | Poller.WRITE);
            }
        } else if (driver.edgeTriggered) {
            heard(Poller.HANGUP);
            forget(Poller.NOTICE);
        } else {
            lookInsteadOfWatching();
            heard(Poller.HANGUP);
        }
    }

    private void lookInsteadOfWatching() {
        socket.awaitsNotice = false;
        driver.lookAgain(this);
    }

    /** Ends the send if the kernel does not need its memory any more, unless the port is closed. */
    private boolean noticeHasCome() {
        InPlace some = inPlace;
        int notice = socket.takeNotice();
        driver.countSystemCall();
        if (notice == RawStream.NO_NOTICE || some == null) {
            return false;
        }
        some.isHeld = false;
        socket.awaitsNotice = false;
        if (notice == RawStream.SENT_A_COPY) {
            some.bytes = 0;
        }
        if (!closed) {
            reportSent(some.taken);
        }
        return true;
    }

    @Override
    boolean isHeldByKernel() {
        InPlace some = inPlace;
        return some != null && some.isHeld;
    }

    @Override
    void hastenLettingGo() {
        socket.reset();
        driver.countSystemCall();
        noticeHasCome();
    }

    @Override
    boolean looksAgain() {
        boolean isWatched = !closed && socket.awaitsNotice;
        if (!isHeldByKernel() || isWatched) {
            return false;
        }
        if (!noticeHasCome()) {
            return true;
        }
        if (closed) {
            letGo();
        } else {
            driver.interestChanged(this);
        }
        return false;
    }

    @Override
    public int setOption(PortOption option, int value) {
        return option == PortOption.ZERO_COPY_BYTES
                ? sendInPlaceFrom(value)
                : super.setOption(option, value);
    }

    private int sendInPlaceFrom(int bytes) {
        assert !closed;
        if (driver.whyUnsupported(PortOption.ZERO_COPY_BYTES) != null) {
            return Code.NOT_SUPPORTED;
        }
        int result = bytes == 0 ? Code.OK : socket.allowInPlace();
        if (result == Code.OK) {
            InPlace some = inPlace == null ? new InPlace() : inPlace;
            some.bytes = bytes;
            inPlace = some;
        }
        return result;
    }

    @Override
    public int getOption(PortOption option) {
        if (option != PortOption.ZERO_COPY_BYTES) {
            return super.getOption(option);
        }
        if (driver.whyUnsupported(option) != null) {
            return Code.NOT_SUPPORTED;
        }
        InPlace some = inPlace;
        return some == null ? 0 : some.bytes;
    }

    /**
     * A short count may also mean the end of the file, so only blocking says that the socket is
     * full.
     */
    private int sendFrom(FileSend send) {
        int result = send.sendTo(socket);
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.WRITE);
        }
        return result;
    }

    @Override
    void reportAll(int code) {
        if (connecting) {
            reportConnected(code);
        }
        if (receiving) {
            reportReceiveStopped(code);
        }
        if (target != null) {
            reportReceivedInto(code);
        }
        if (sending && isHeldByKernel()) {
            // Whatever has failed, the memory is the kernel's until it says otherwise.
            lookInsteadOfWatching();
        } else if (sending) {
            reportSent(code);
        }
    }

    private void reportConnected(int code) {
        connecting = false;
        driver.countCompletion();
        sink.onConnected(code);
    }

    @Override
    void tellReceiveStopped(int code) {
        sink.onReceiveStopped(code);
    }

    private void reportReceivedInto(int result) {
        target = null;
        driver.countCompletion();
        sink.onReceivedInto(result);
    }

    private void reportSent(int result) {
        sending = false;
        dropped = false;
        file = null;
        passing = null;
        driver.countCompletion();
        sink.onSent(result);
    }

    @Override
    void reportClosed() {
        driver.countCompletion();
        sink.onClosed();
    }

    /** Apart from the stream, so that those which need none of it are no larger for it. */
    private static final class InPlace {
        /** From how many bytes on; 0 for never. */
        int bytes;

        /** Whether the memory of the send that was asked for last stays as long as it takes. */
        boolean lasting;

        /** What the kernel has taken of the send that awaits a notice. */
        int taken;

        /** Whether the kernel needs the memory of the send in flight. */
        boolean isHeld;

        boolean isFor(Gather gather) {
            return lasting && bytes != 0 && gather.bytes() >= bytes;
        }
    }
}
