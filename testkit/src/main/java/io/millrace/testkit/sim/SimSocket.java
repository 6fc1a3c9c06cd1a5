// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.Passed;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.Poller;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection as the simulated kernel keeps it: non-blocking calls above, packets
 * below.
 *
 * <p>Models what a loop can notice of TCP: bytes in order but late and in pieces, a window that
 * opens late, FIN behind the last byte, RST that reports an error once and then breaks both
 * directions.
 */
final class SimSocket extends SimDescriptor {
    private static final int LARGEST_WINDOW_BYTES = 64 * 1024;

    private enum State {
        NEW,
        CONNECTING,
        CONNECTED,
        FAILED
    }

    private final SimWorld world;
    private final ReceiveBuffer incoming;
    private final SimRights rights;
    private State state = State.NEW;
    private @Nullable SimSocket peer;
    private @Nullable SocketAddress local;
    private @Nullable SocketAddress remote;

    /** What it was bound to before it connected. */
    private @Nullable SocketAddress bind;

    /** Reported by the next call and then forgotten, as SO_ERROR is. */
    private int error = Code.OK;

    private boolean broken;
    private boolean endSent;
    private boolean endArrived;
    private boolean peerClosed;
    private boolean closed;

    /** It closes although nobody had it. */
    private boolean aborted;

    /** Whether descriptors that come are wanted; otherwise they are closed as they are read. */
    private boolean takesDescriptors;

    /** What came with the last receive. */
    private @Nullable Passed passed;

    /** A send found too little room: a change has to be announced. */
    private boolean wantsRoom;

    /** When the last packet to the peer arrives; later ones never overtake it. */
    private long lastArrivalNanos;

    SimSocket(SimWorld world) {
        this.world = world;
        int window = LARGEST_WINDOW_BYTES;
        if (world.profile() != FaultProfile.NONE) {
            window = 1 + world.random().nextInt(LARGEST_WINDOW_BYTES);
        }
        incoming = new ReceiveBuffer(window);
        rights = new SimRights(world.numbers());
    }

    int bind(SocketAddress address) {
        if (state != State.NEW || local != null) {
            return Code.INVALID_ARGUMENT;
        }
        boolean shares =
                getOption(PortOption.REUSE_ADDRESS) == 1 || getOption(PortOption.REUSE_PORT) == 1;
        int result = world.network().bind(address, shares);
        if (result < 0) {
            return result;
        }
        SocketAddress bound =
                address instanceof InetSocketAddress inet
                        ? new InetSocketAddress(inet.getAddress(), result)
                        : address;
        bind = bound;
        local = bound;
        return Code.OK;
    }

    int connect(SocketAddress to) {
        if (state != State.NEW) {
            return state == State.CONNECTING ? Code.ALREADY : Code.IS_CONNECTED;
        }
        if (to instanceof UnixDomainSocketAddress) {
            return connectAtOnce(to);
        }
        boolean fails = world.strikes(Fault.CONNECT_FAILURE);
        if (fails && world.random().nextBoolean()) {
            return DeclaredCodes.CONNECT_AT_ONCE.draw(world.random());
        }
        state = State.CONNECTING;
        remote = to;
        local = local == null ? world.network().ownEnd(to) : local;
        SimHandshake handshake = new SimHandshake(world, this, to);
        world.after(world.delayNanos(), fails ? handshake::fail : handshake::attempt);
        return Code.IN_PROGRESS;
    }

    /** One that fails may be tried again. */
    private int connectAtOnce(SocketAddress to) {
        if (world.strikes(Fault.CONNECT_FAILURE)) {
            return DeclaredCodes.CONNECT_UNIX.draw(world.random());
        }
        boolean isBound = local != null;
        local = isBound ? local : world.network().ownEnd(to);
        remote = to;
        int result = SimHandshake.attemptAtOnce(world, this, to);
        if (result != Code.OK) {
            local = isBound ? local : null;
            remote = null;
        }
        return result;
    }

    int finishConnect() {
        return switch (state) {
            case CONNECTING -> Code.IN_PROGRESS;
            case CONNECTED -> Code.OK;
            default -> takeError();
        };
    }

    /** Bytes, {@code END_OF_STREAM}, {@code WOULD_BLOCK}, or the error that waits. */
    int receive(ByteBuffer into, int from, int to) {
        breakByChance();
        if (incoming.readable() > 0) {
            int most = Math.min(incoming.readable(), to - from);
            int count = rights.receivable(incoming.position(), most);
            incoming.read(into, from, count);
            receiveRights();
            announceRoom(count);
            return count;
        }
        if (error != Code.OK) {
            return takeError();
        }
        if (state != State.CONNECTED) {
            return Code.NOT_CONNECTED;
        }
        return endArrived || broken ? Code.END_OF_STREAM : Code.WOULD_BLOCK;
    }

    private void receiveRights() {
        int[] things = rights.takeBefore(incoming.position());
        if (things == null) {
            return;
        }
        if (!takesDescriptors) {
            world.numbers().drop(things);
            return;
        }
        if (passed != null) {
            throw new SimulationError("nobody asked for what came with a receive", world);
        }
        passed = world.numbers().arrive(things);
    }

    void takeDescriptors() {
        takesDescriptors = true;
    }

    /** What came with the last receive, the caller's from now on. */
    @Nullable Passed passed() {
        Passed came = passed;
        passed = null;
        return came;
    }

    /** One byte with descriptors: 1, {@code WOULD_BLOCK}, or an error. */
    int sendDescriptors(byte carrier, int[] descriptors) {
        if (!isUnix()) {
            return Code.INVALID_ARGUMENT;
        }
        if (!world.numbers().areOpen(descriptors)) {
            return Code.BAD_DESCRIPTOR;
        }
        if (state == State.CONNECTED && world.strikes(Fault.SEND_FAILURE)) {
            return DeclaredCodes.PASS.draw(world.random());
        }
        long position = peer == null ? 0 : other().incoming.sent();
        int count = admit(1);
        if (count > 0) {
            other().rights.add(position, descriptors);
            other().incoming.send(ByteBuffer.allocate(1).put(0, carrier), 0, 1);
        }
        return count;
    }

    /** Bytes taken, {@code WOULD_BLOCK}, or an error. */
    int send(Gather from) {
        int count = admit(from.bytes());
        int left = count;
        for (int i = 0; left > 0; i++) {
            int part = Math.min(left, from.length(i));
            other().incoming.send(from.buffer(i).duplicate().clear(), from.start(i), part);
            left -= part;
        }
        return count;
    }

    /** The same for the bytes of one buffer. */
    int send(ByteBuffer from, int start, int end) {
        int count = admit(end - start);
        if (count > 0) {
            other().incoming.send(from, start, count);
        }
        return count;
    }

    /** What has come stays to be read, and then there is the end. */
    int shutdownInput() {
        if (state != State.CONNECTED || broken) {
            return Code.NOT_CONNECTED;
        }
        endArrived = true;
        changed(Poller.READ);
        return Code.OK;
    }

    int shutdownOutput() {
        if (error != Code.OK) {
            return takeError();
        }
        if (state != State.CONNECTED || broken) {
            return Code.NOT_CONNECTED;
        }
        sendEnd();
        changed(Poller.WRITE);
        return Code.OK;
    }

    @Override
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        world.network().countClosed();
        rights.close();
        if (bind != null) {
            world.network().unbind(bind);
        }
        if (peer == null || broken) {
            return;
        }
        boolean canReset = !isUnix();
        boolean resets = canReset && getOption(PortOption.RESET_AT_CLOSE) == 1;
        if (aborted || resets || incoming.hasUnread()) {
            packet(0, () -> other().breakWith(Code.RESET));
        } else if (canReset) {
            sendEnd();
        } else {
            endSent = true;
            packet(0, () -> other().peerCloses());
        }
    }

    /** Ends a connection that no descriptor stands for, as when its listener closes. */
    void abort() {
        world.network().countOpened();
        aborted = true;
        close();
    }

    boolean isUnix() {
        return local instanceof UnixDomainSocketAddress;
    }

    @Override
    int readiness() {
        if (state == State.CONNECTING) {
            return 0;
        }
        if (state != State.CONNECTED || broken) {
            int hungUp = Poller.WRITE | Poller.HANGUP;
            return state == State.NEW ? hungUp : hungUp | Poller.READ;
        }
        int mask = incoming.readable() > 0 || endArrived ? Poller.READ : 0;
        mask |= (endSent || peerClosed || other().incoming.room() > 0) ? Poller.WRITE : 0;
        return endArrived ? mask | Poller.HANGUP : mask;
    }

    boolean isReadable() {
        return (readiness() & Poller.READ) != 0;
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    boolean isClosed() {
        return closed;
    }

    @Nullable SocketAddress local() {
        return local;
    }

    /** The peer's address, while there is a connection or the attempt at one. */
    @Nullable SocketAddress remote() {
        return state == State.CONNECTED ? remote : null;
    }

    void connected(SimSocket peer) {
        this.peer = peer;
        state = State.CONNECTED;
        changed(Poller.WRITE);
    }

    void acceptedFrom(SimSocket client, SocketAddress at) {
        peer = client;
        state = State.CONNECTED;
        local = at;
        remote = client.local;
    }

    void failConnect(int code) {
        state = State.FAILED;
        error = code;
        changed(Poller.READ | Poller.WRITE | Poller.HANGUP);
    }

    /** How many bytes a send may take; what is admitted is on its way. */
    private int admit(long wanted) {
        breakByChance();
        if (error != Code.OK) {
            return takeError();
        }
        if (state != State.CONNECTED) {
            return Code.NOT_CONNECTED;
        }
        if (broken || endSent || peerClosed) {
            return Code.BROKEN_PIPE;
        }
        if (world.strikes(Fault.SEND_FAILURE)) {
            return DeclaredCodes.SEND.draw(world.random());
        }
        int room = (int) Math.min(other().incoming.room(), wanted);
        if (room == 0) {
            wantsRoom = true;
            return Code.WOULD_BLOCK;
        }
        boolean partial = room > 1 && world.strikes(Fault.PARTIAL_SEND);
        int count = partial ? 1 + world.random().nextInt(room - 1) : room;
        if (count < wanted) {
            wantsRoom = true;
            announceRoomAgain();
        }
        sendPackets(count);
        return count;
    }

    /** A short send with room left is followed by an edge, as by one with none left. */
    private void announceRoomAgain() {
        world.after(world.delayNanos(), () -> changedIfRoom());
    }

    private void changedIfRoom() {
        if (wantsRoom && !closed && peer != null && other().incoming.room() > 0) {
            wantsRoom = false;
            changed(Poller.WRITE);
        }
    }

    private void sendPackets(int count) {
        int left = count;
        while (left > 0) {
            boolean split = left > 1 && world.strikes(Fault.SPLIT_ARRIVAL);
            int size = split ? 1 + world.random().nextInt(left - 1) : left;
            packet(0, () -> other().arrive(size));
            left -= size;
        }
    }

    private void sendEnd() {
        if (endSent) {
            return;
        }
        endSent = true;
        packet(world.strikes(Fault.LATE_END) ? world.longDelayNanos() : 0, () -> other().end());
    }

    /** Sends something to the peer that arrives after all that was sent before. */
    private void packet(long extraDelayNanos, Runnable arrival) {
        long at = world.elapsedNanos() + world.delayNanos() + extraDelayNanos;
        lastArrivalNanos = Math.max(lastArrivalNanos, at);
        world.after(lastArrivalNanos - world.elapsedNanos(), arrival);
    }

    private void arrive(int count) {
        if (broken) {
            return;
        }
        incoming.arrive(count);
        if (closed) {
            packet(0, () -> other().breakWith(Code.RESET));
        } else {
            changed(Poller.READ);
        }
    }

    /** Of a Unix-domain socket a kernel knows at once that nobody reads any more. */
    private void peerCloses() {
        peerClosed = true;
        endArrived = true;
        changed(Poller.READ | Poller.WRITE | Poller.HANGUP);
    }

    private void end() {
        endArrived = true;
        changed(Poller.READ | Poller.HANGUP);
    }

    /** The connection is gone, and so are bytes that nobody read, or not, as the system likes. */
    private void breakWith(int code) {
        if (broken || closed) {
            return;
        }
        broken = true;
        error = code;
        if (world.random().nextBoolean()) {
            incoming.discard();
            rights.dropBefore(incoming.position());
        }
        changed(Poller.READ | Poller.WRITE | Poller.HANGUP);
    }

    private void breakByChance() {
        if (state == State.CONNECTED && !broken && world.strikes(Fault.CONNECTION_FAILURE)) {
            packet(0, () -> other().breakWith(Code.RESET));
            // Nothing else can befall what leaves no machine.
            breakWith(isUnix() ? Code.RESET : DeclaredCodes.CONNECTION.draw(world.random()));
        }
    }

    private void announceRoom(int count) {
        long delay = world.strikes(Fault.SLOW_DRAIN) ? world.longDelayNanos() : world.delayNanos();
        world.after(
                delay,
                () -> {
                    incoming.free(count);
                    other().changedIfRoom();
                });
    }

    private int takeError() {
        int taken = error;
        error = Code.OK;
        return taken;
    }

    private SimSocket other() {
        if (peer == null) {
            throw new IllegalStateException("not connected");
        }
        return peer;
    }
}
