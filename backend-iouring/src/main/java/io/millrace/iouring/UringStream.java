// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.posix.Libc;
import io.millrace.posix.RightsMessage;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import io.millrace.spi.reactor.RawStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream through a ring: one multishot receive into provided buffers, one send at a time.
 *
 * <p>What the kernel does not do better in a ring is done by a call of its own: a file goes by
 * sendfile(2) as soon as the ring says that there is room, because in a ring it would cost a
 * thread.
 *
 * <p>A sink called from here may issue any command on this port, close included; so after every
 * call of a sink the state is looked at afresh.
 */
final class UringStream extends UringReceiver implements StreamPort {
    /** POLLOUT, see poll(2). */
    private static final int POLL_OUT = 4;

    private final RawStream socket;
    private final int family;
    private final StreamSink sink;
    private final Sender sender;

    private @Nullable SocketAddress peer;
    private @Nullable ByteBuffer target;

    /** Null on the many streams that never send a file nor pass descriptors. */
    private @Nullable Rarities rarities;

    UringStream(UringDriver driver, RawStream socket, int family, StreamSink sink) {
        super(driver, socket);
        this.socket = socket;
        this.family = family;
        this.sink = sink;
        sender = new Sender(this, sink);
    }

    @Override
    public int setOption(PortOption option, int value) {
        if (option != PortOption.ZERO_COPY_BYTES) {
            return super.setOption(option, value);
        }
        if (!driver.sendsInPlace) {
            return Code.NOT_SUPPORTED;
        }
        sender.sendInPlaceFrom(value);
        return Code.OK;
    }

    @Override
    public int getOption(PortOption option) {
        if (option != PortOption.ZERO_COPY_BYTES) {
            return super.getOption(option);
        }
        return driver.sendsInPlace ? sender.inPlaceFrom() : Code.NOT_SUPPORTED;
    }

    /**
     * Bytes that wait for a peer would otherwise keep the memory for as long as that takes. The
     * close itself would not be a reset while another process has a descriptor for the socket.
     */
    @Override
    void isAboutToClose() {
        if (sender.isInPlace()) {
            driver.countSystemCall();
            socket.reset();
        }
    }

    @Override
    public int bind(SocketAddress local) {
        assert !isClosing() && peer == null;
        driver.countSystemCall();
        return socket.bind(local);
    }

    @Override
    public int connect(SocketAddress to) {
        assert !isClosing() && peer == null;
        if (family == driver.unixFamily) {
            // Known at once, and in a ring one that has to wait would cost a thread.
            driver.countSystemCall();
            return socket.connect(to);
        }
        int result = driver.scratch.check(to, family);
        if (result == Code.OK) {
            peer = to;
            start(Kind.CONNECT);
            return Code.PENDING;
        }
        return result;
    }

    @Override
    public void startReceive() {
        assert target == null;
        super.startReceive();
    }

    @Override
    public void receiveInto(ByteBuffer into) {
        assert !isClosing() && !receiving && target == null;
        assert into.isDirect() && into.hasRemaining();
        target = into;
        start(Kind.RECEIVE_INTO);
    }

    @Override
    public int send() {
        assert !isClosing();
        sender.isRevocable(false);
        start(Kind.SEND);
        return Code.PENDING;
    }

    /** At once, and when the ring says that there is room: a ring would keep the memory. */
    @Override
    public int sendPassing() {
        assert !isClosing() && !waitsForRoom();
        int result = sendGathered();
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        start(Kind.SEND_FILE);
        return Code.PENDING;
    }

    /** With the next entry, as all sends; but never one that leaves the kernel with the memory. */
    @Override
    public int sendRevocable() {
        assert !isClosing() && !waitsForRoom();
        if (driver.quietSendFlags == 0) {
            return sendPassing();
        }
        sender.isRevocable(true);
        start(Kind.SEND);
        return Code.PENDING;
    }

    @Override
    public int revokeSend() {
        assert !isClosing();
        if (isInFlight(Kind.SEND)) {
            return sentByNow();
        }
        if (!isWanted(Kind.SEND)) {
            return Code.PENDING;
        }
        int result = sendGathered();
        forget(Kind.SEND);
        ended(Kind.SEND);
        if (!isTransient(result)) {
            return result;
        }
        start(Kind.SEND_FILE);
        return Code.PENDING;
    }

    /**
     * A send that must not wait has ended when the kernel has taken it, and what it has come to is
     * known at once: nobody may think of it as waiting if it has sent a single byte.
     */
    private int sentByNow() {
        long request = userData(Kind.SEND);
        if (driver.keepsBack(request)) {
            return Code.PENDING;
        }
        if (!driver.takeAhead(request)) {
            return sender.sentUnheard();
        }
        isOverUnheard(Kind.SEND);
        sender.ends(driver.resultAhead(), driver.flagsAhead());
        if (!sender.isToBeMadeAgain()) {
            return sender.result();
        }
        start(Kind.SEND_FILE);
        return Code.PENDING;
    }

    /** Which of the two it waits in depends on how far the kernel has got. */
    @Override
    public void dropSend() {
        assert !isClosing() && (isPending(Kind.SEND) || isPending(Kind.SEND_FILE));
        rarities().dropped = true;
        if (isInFlight(Kind.SEND_FILE)) {
            want(Kind.CANCEL_SEND);
        }
    }

    private boolean isPending(int kind) {
        return isInFlight(kind) || isWanted(kind);
    }

    private boolean isDropped() {
        Rarities some = rarities;
        return some != null && some.dropped;
    }

    private int sendGathered() {
        Gather gather = driver.gather;
        try {
            sink.gather(gather);
            driver.countSystemCall();
            return socket.send(gather);
        } finally {
            gather.clear();
        }
    }

    @Override
    public int trySend(ByteBuffer source) {
        assert !isClosing();
        int start = source.position();
        int limit = source.limit();
        Gather gather = driver.gather;
        int taken = 0;
        try {
            gather.add(source, 0, start, limit);
            driver.countSystemCall();
            int result = socket.send(gather);
            taken = Math.max(result, 0);
            return result;
        } finally {
            gather.clear();
            source.limit(limit).position(start + taken);
        }
    }

    @Override
    public int sendFile(OpenFile source, long position, long count) {
        assert !isClosing() && !waitsForRoom();
        int result = sendFromFile(source, position, count);
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        Rarities waits = rarities();
        waits.file = source;
        waits.filePosition = position;
        waits.fileCount = count;
        start(Kind.SEND_FILE);
        return Code.PENDING;
    }

    private int sendFromFile(OpenFile source, long position, long count) {
        driver.countSystemCall();
        return socket.sendFile(source, position, Math.min(count, RawStream.FILE_BYTES_PER_CALL));
    }

    /** At once, or when the ring says that there is room: it is one byte. */
    @Override
    public int sendDescriptors(byte with, int[] descriptors) {
        assert !isClosing() && !waitsForRoom();
        driver.countSystemCall();
        int result = socket.sendDescriptors(with, descriptors);
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        Rarities waits = rarities();
        waits.carrier = with;
        waits.descriptors = descriptors;
        start(Kind.SEND_FILE);
        return Code.PENDING;
    }

    @Override
    public void takeDescriptors() {
        assert !isClosing() && !receiving && target == null;
        rarities().received = new RightsMessage(driver::discard);
    }

    private Rarities rarities() {
        Rarities some = rarities;
        if (some == null) {
            some = new Rarities();
            rarities = some;
        }
        return some;
    }

    private boolean waitsForRoom() {
        Rarities some = rarities;
        return some != null && (some.file != null || some.descriptors != null);
    }

    private @Nullable RightsMessage rights() {
        Rarities some = rarities;
        return some == null ? null : some.received;
    }

    @Override
    public Accepted release() {
        assert !receiving && target == null && (!isPending(Kind.SEND) || isDropped());
        leave();
        try {
            return socket.release();
        } catch (Throwable failure) {
            // No memory, say: it is not the ring's any more, and nobody else's yet.
            socket.close();
            throw failure;
        }
    }

    @Override
    public int shutdownOutput() {
        assert !isClosing();
        driver.countSystemCall();
        return socket.shutdownOutput();
    }

    @Override
    public int shutdownInput() {
        assert !isClosing();
        driver.countSystemCall();
        return socket.shutdownInput();
    }

    @Override
    public int peerCredentials(int[] into) {
        assert !isClosing();
        return socket.peerCredentials(into);
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        assert !isClosing();
        SocketAddress known = socket.remoteAddress();
        // The ring's connect is not the socket's: who was reached is known here.
        return known == null && !isInFlight(Kind.CONNECT) ? peer : known;
    }

    @Override
    boolean prepare(int kind) throws IoException {
        switch (kind) {
            case Kind.CONNECT -> prepareConnect();
            case Kind.RECEIVE -> prepareReceive();
            case Kind.RECEIVE_INTO -> prepareReceiveInto();
            case Kind.SEND -> sender.prepare();
            case Kind.SEND_FILE -> prepareSendFile();
            case Kind.CANCEL_SEND -> {
                if (isInFlight(Kind.SEND_FILE)) {
                    driver.requests.cancel(userData(Kind.SEND_FILE), userData(Kind.CANCEL));
                }
                return false;
            }
            default -> {
                cancelReceive();
                return false;
            }
        }
        return true;
    }

    private void prepareConnect() throws IoException {
        int place = driver.nextPlace();
        int length = driver.scratch.putAddress(place, Objects.requireNonNull(peer), family);
        driver.requests.connect(
                descriptor, driver.scratch.addressOf(place), length, userData(Kind.CONNECT));
    }

    private void prepareReceive() {
        long userData = userData(Kind.RECEIVE);
        RightsMessage message = rights();
        if (message != null) {
            takesOneBuffer = false;
            message.receiveAnywhere();
            driver.requests.receiveMessage(
                    descriptor,
                    message.address(),
                    RightsMessage.RECEIVE_FLAGS,
                    ReceiveBuffers.GROUP,
                    userData);
        } else if (takesOneBuffer || stopping) {
            takesOneBuffer = false;
            driver.requests.receiveOnce(descriptor, ReceiveBuffers.GROUP, userData);
        } else {
            driver.requests.receiveMultishot(descriptor, ReceiveBuffers.GROUP, userData);
        }
    }

    private void prepareSendFile() {
        if (isDropped()) {
            driver.requests.nothing(userData(Kind.SEND_FILE));
        } else {
            driver.requests.poll(descriptor, POLL_OUT, userData(Kind.SEND_FILE));
        }
    }

    private void prepareReceiveInto() {
        ByteBuffer into = Objects.requireNonNull(target);
        RightsMessage message = rights();
        if (message != null) {
            message.receiveInto(Libc.addressOf(into) + into.position(), into.remaining());
            driver.requests.receiveMessage(
                    descriptor,
                    message.address(),
                    RightsMessage.RECEIVE_FLAGS,
                    Requests.NO_GROUP,
                    userData(Kind.RECEIVE_INTO));
            return;
        }
        driver.requests.receive(
                descriptor,
                Libc.addressOf(into) + into.position(),
                into.remaining(),
                userData(Kind.RECEIVE_INTO));
    }

    private void cancelReceive() {
        if (isInFlight(Kind.RECEIVE)) {
            driver.requests.cancel(userData(Kind.RECEIVE), userData(Kind.CANCEL));
        }
    }

    @Override
    void completed(int kind, int result, int flags) {
        switch (kind) {
            case Kind.CONNECT -> reportConnected(result);
            case Kind.RECEIVE -> received(result, flags);
            case Kind.RECEIVE_INTO -> receivedInto(result);
            case Kind.SEND -> sent(result, flags);
            case Kind.SEND_FILE -> roomForFile(result);
            default -> throw new AssertionError("a stream has no requests of kind " + kind);
        }
    }

    /** Before the bytes that they came with; of a stream that closes nobody wants them. */
    private void takePassed(boolean wanted) {
        RightsMessage message = rights();
        Passed passed = message == null ? null : message.received();
        if (passed == null) {
            return;
        }
        if (wanted) {
            sink.onDescriptors(passed);
        } else {
            for (int each : passed.descriptors()) {
                driver.discard(each);
            }
        }
    }

    private void received(int result, int flags) {
        if (result > 0) {
            takePassed(!isClosing());
        }
        if (CompletionFlag.hasBuffer(flags)) {
            deliver(CompletionFlag.bufferId(flags), result);
        }
        if (!CompletionFlag.hasMore(flags)) {
            receiveEnded(result);
        }
    }

    private void deliver(int buffer, int length) {
        PoolChunk chunk = driver.buffers.take(buffer, Math.max(length, 0));
        try {
            if (length > 0 && !isClosing()) {
                driver.countCompletion();
                sink.onReceive(chunk);
            }
        } finally {
            chunk.release();
        }
    }

    /** The request is over; what that means depends on why, and on what is wanted by now. */
    private void receiveEnded(int result) {
        boolean endedByKernel = result > 0 || isTransient(result);
        boolean starved = result == Code.NO_CHUNKS;
        if (!endedByKernel && !starved) {
            reportReceiveStopped(result);
        } else if (isClosing() || stopping) {
            reportReceiveStopped(Code.CANCELLED);
        } else if (starved && !driver.buffers.canProvideMore()) {
            reportReceiveStopped(Code.NO_CHUNKS);
        } else if (starved) {
            postpone(Kind.RECEIVE);
            driver.starved.add(this);
        } else {
            want(Kind.RECEIVE);
        }
    }

    private void receivedInto(int result) {
        if (isTransient(result) && !isClosing()) {
            want(Kind.RECEIVE_INTO);
        } else {
            if (result > 0) {
                takePassed(!isClosing());
            }
            reportReceivedInto(result);
        }
    }

    void sendIsHeardOf() {
        sender.isHeardOf();
    }

    private void sent(int result, int flags) {
        if (!sender.ends(result, flags)) {
            return;
        }
        if (!sender.isToBeMadeAgain()) {
            reportSent(sender.result());
        } else if (isClosing() || isDropped()) {
            reportSent(Code.CANCELLED);
        } else if (sender.isRevocable()) {
            ended(Kind.SEND);
            start(Kind.SEND_FILE);
        } else {
            want(Kind.SEND);
        }
    }

    /** The socket may have room for the next part of the file, or of passing memory. */
    private void roomForFile(int result) {
        int outcome = result;
        if (isDropped()) {
            reportSent(Code.CANCELLED);
            return;
        }
        if (result >= 0 && !isClosing()) {
            outcome = sendWithRoom();
            sender.foundRoom();
        }
        if (isTransient(outcome) && !isClosing()) {
            want(Kind.SEND_FILE);
        } else {
            reportSent(result >= 0 && isClosing() ? Code.CANCELLED : outcome);
        }
    }

    private int sendWithRoom() {
        Rarities some = rarities;
        if (some == null) {
            return sendGathered();
        }
        int[] descriptors = some.descriptors;
        if (descriptors != null) {
            driver.countSystemCall();
            return socket.sendDescriptors(some.carrier, descriptors);
        }
        OpenFile source = some.file;
        return source == null
                ? sendGathered()
                : sendFromFile(source, some.filePosition, some.fileCount);
    }

    /** Nothing is wrong: asking again is all there is to do. */
    static boolean isTransient(int result) {
        return result == Code.INTERRUPTED || result == Code.WOULD_BLOCK;
    }

    private void reportConnected(int code) {
        if (code < 0) {
            peer = null;
        }
        ended(Kind.CONNECT);
        driver.countCompletion();
        sink.onConnected(code);
    }

    @Override
    void tellReceiveStopped(int code) {
        sink.onReceiveStopped(code);
    }

    private void reportReceivedInto(int result) {
        target = null;
        ended(Kind.RECEIVE_INTO);
        driver.countCompletion();
        sink.onReceivedInto(result);
    }

    private void reportSent(int result) {
        if (rarities != null) {
            rarities.file = null;
            rarities.descriptors = null;
            rarities.dropped = false;
            forget(Kind.CANCEL_SEND);
        }
        ended(Kind.SEND);
        ended(Kind.SEND_FILE);
        driver.countCompletion();
        sink.onSent(result);
    }

    @Override
    void drop(int kind, int result, int flags) {
        if (result > 0 && (kind == Kind.RECEIVE || kind == Kind.RECEIVE_INTO)) {
            takePassed(false);
        }
        if (CompletionFlag.hasBuffer(flags)) {
            driver.buffers.take(CompletionFlag.bufferId(flags), Math.max(result, 0)).release();
        }
    }

    @Override
    void report(int kind, int code) {
        switch (kind) {
            case Kind.CONNECT -> reportConnected(code);
            case Kind.RECEIVE -> reportReceiveStopped(code);
            case Kind.RECEIVE_INTO -> reportReceivedInto(code);
            case Kind.SEND, Kind.SEND_FILE -> reportSent(code);
            default -> throw new AssertionError("a stream has no requests of kind " + kind);
        }
    }

    @Override
    void reportClosed() {
        sink.onClosed();
    }

    /** Apart from the stream, so that those which need none of it are no larger for it. */
    private static final class Rarities {
        /** With room for descriptors that come; null until they are asked for. */
        @Nullable RightsMessage received;

        /** The descriptors that go with {@link #carrier} when there is room. */
        int @Nullable [] descriptors;

        byte carrier;

        /** Whether the send that waits for room sends nothing any more. */
        boolean dropped;

        /** What is sent of it goes on when there is room. */
        @Nullable OpenFile file;

        long filePosition;
        long fileCount;
    }
}
