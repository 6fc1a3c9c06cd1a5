// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream at the completion boundary, as unhelpful as the contract allows.
 *
 * <p>Commands only take notes. {@link #serve} runs in a later poll, moves each operation in flight
 * by one step, and comes back while there is more.
 */
final class SimStreamPort extends SimPort implements StreamPort {
    private static final byte STALE = (byte) 0xDB;

    private final SimSocket socket;
    private final StreamSink sink;
    private boolean connecting;
    private boolean receiving;
    private boolean stopping;
    private @Nullable ByteBuffer target;
    private @Nullable SimSend pendingSend;
    private boolean released;

    /** Whether the pending send sends nothing any more. */
    private boolean dropped;

    SimStreamPort(SimDriver driver, SimSocket socket, StreamSink sink) {
        super(driver, socket, "stream");
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public int bind(SocketAddress local) {
        command();
        return socket.bind(local);
    }

    @Override
    public int shutdownInput() {
        command();
        return socket.shutdownInput();
    }

    @Override
    public int connect(SocketAddress to) {
        command();
        SocketAddress address;
        try {
            address = SimNetwork.known(to, "connect");
        } catch (IoException e) {
            return e.code();
        }
        int code = socket.connect(address);
        if (code == Code.OK && world.strikes(Fault.LATE_COMPLETION)) {
            connecting = true;
            schedule();
            return Code.PENDING;
        }
        if (code != Code.IN_PROGRESS) {
            return code;
        }
        connecting = true;
        return Code.PENDING;
    }

    @Override
    public void dropSend() {
        command();
        if (pendingSend == null || dropped) {
            throw driver.error("a send dropped that is not pending");
        }
        dropped = true;
        driver.later(this::finishDrop);
    }

    private void finishDrop() {
        if (dropped) {
            sent(Code.CANCELLED);
        }
    }

    @Override
    public Accepted release() {
        command();
        if (connecting || receiving || target != null) {
            throw driver.error("release with something in flight");
        }
        released = true;
        close();
        return new SimAccepted(socket);
    }

    @Override
    public void startReceive() {
        command();
        if (receiving || target != null) {
            throw driver.error("receive started twice");
        }
        receiving = true;
        schedule();
    }

    @Override
    public void stopReceive() {
        command();
        if (receiving && !stopping) {
            stopping = true;
            driver.later(this::finishStop);
        }
    }

    @Override
    public void receiveInto(ByteBuffer into) {
        command();
        if (receiving || target != null) {
            throw driver.error("receive started twice");
        }
        if (!into.isDirect() || !into.hasRemaining()) {
            throw driver.error("receive into a buffer that is not direct, or has no room");
        }
        target = into;
        schedule();
    }

    @Override
    public int send() {
        command();
        Gather gather = driver.gather();
        sink.gather(gather);
        return begin(SimSend.of(driver, gather));
    }

    /** The memory is copied, so that it may be anybody's afterwards. */
    @Override
    public int sendPassing() {
        command();
        Gather gather = driver.gather();
        sink.gather(gather);
        return begin(SimSend.ofPassing(driver, gather));
    }

    @Override
    public int trySend(ByteBuffer source) {
        command();
        if (pendingSend != null) {
            throw driver.error("trySend while a send is pending");
        }
        int result = socket.send(source, source.position(), source.limit());
        if (result > 0) {
            source.position(source.position() + result);
        }
        return result;
    }

    @Override
    public int sendFile(OpenFile file, long position, long count) {
        command();
        return begin(SimSend.of(driver, file, position, count));
    }

    @Override
    public int sendDescriptors(byte carrier, int[] descriptors) {
        command();
        return begin(SimSend.of(driver, carrier, descriptors));
    }

    @Override
    public void takeDescriptors() {
        command();
        if (receiving || target != null) {
            throw driver.error("descriptors asked for while a receive is pending");
        }
        socket.takeDescriptors();
    }

    private void tellDescriptors() {
        Passed passed = socket.passed();
        if (passed != null) {
            sink.onDescriptors(passed);
        }
    }

    @Override
    public int shutdownOutput() {
        command();
        if (pendingSend != null) {
            throw driver.error("shutdown while a send is pending");
        }
        return socket.shutdownOutput();
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        question();
        return socket.local();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        question();
        return socket.remote();
    }

    private int begin(SimSend send) {
        if (pendingSend != null) {
            throw driver.error("send started twice");
        }
        int result = world.strikes(Fault.PENDING_SEND) ? Code.WOULD_BLOCK : send.attempt(socket);
        if (result != Code.WOULD_BLOCK) {
            return result;
        }
        pendingSend = send;
        schedule();
        return Code.PENDING;
    }

    @Override
    void serve() {
        if (closed) {
            return;
        }
        serveConnect();
        serveReceive();
        serveReceiveInto();
        serveSend();
    }

    private void serveConnect() {
        if (connecting && !socket.isConnecting()) {
            connected(socket.finishConnect());
        }
    }

    private void serveReceive() {
        if (!receiving || (stopping && !world.strikes(Fault.LATE_COMPLETION))) {
            return;
        }
        receiveOne();
        if (receiving && socket.isReadable()) {
            schedule();
        }
    }

    private void receiveOne() {
        if (world.strikes(Fault.NO_CHUNKS)) {
            driver.pretendNoChunks();
            receiveStopped(Code.NO_CHUNKS);
            return;
        }
        PoolChunk chunk = driver.chunks().acquire();
        if (chunk == null) {
            receiveStopped(Code.NO_CHUNKS);
            return;
        }
        int room = chunk.capacity();
        boolean partial = room > 1 && world.strikes(Fault.PARTIAL_RECEIVE);
        int most = partial ? 1 + world.random().nextInt(room - 1) : room;
        int result = socket.receive(chunk.memory().clear(), 0, most);
        if (result > 0) {
            chunk.filled(0, result);
            driver.completed(result);
            tellDescriptors();
            sink.onReceive(chunk);
        }
        chunk.release();
        if (chunk.owners() == 0) {
            makeStale(chunk.memory().clear());
        }
        if (result <= 0 && result != Code.WOULD_BLOCK) {
            receiveStopped(result);
        }
    }

    /** Whoever reads a chunk that it did not keep is to read nonsense. */
    private static void makeStale(ByteBuffer memory) {
        memory.clear();
        for (int i = 0; i < memory.capacity(); i++) {
            memory.put(i, STALE);
        }
    }

    private void serveReceiveInto() {
        ByteBuffer into = target;
        if (closed || into == null) {
            return;
        }
        int result = socket.receive(into, into.position(), into.limit());
        if (result != Code.WOULD_BLOCK) {
            receivedInto(result);
        }
    }

    private void serveSend() {
        SimSend send = pendingSend;
        if (closed || send == null || dropped) {
            return;
        }
        int result = send.attempt(socket);
        if (result != Code.WOULD_BLOCK) {
            sent(result);
        }
    }

    private void finishStop() {
        if (receiving && stopping) {
            receiveStopped(Code.CANCELLED);
        }
    }

    /** The kernel has heard of the close: what it still has to say, in any order, then the end. */
    @Override
    void finishClose() {
        List<Runnable> terminals = new ArrayList<>();
        if (connecting) {
            boolean late = !socket.isConnecting() && world.strikes(Fault.LATE_COMPLETION);
            int code = late ? socket.finishConnect() : Code.CANCELLED;
            terminals.add(() -> connected(code));
        }
        if (receiving) {
            boolean late = socket.isReadable() && world.strikes(Fault.LATE_COMPLETION);
            terminals.add(late ? this::receiveOneAndStop : this::stopReceiving);
        }
        if (target != null) {
            terminals.add(() -> receivedInto(Code.CANCELLED));
        }
        if (pendingSend != null) {
            boolean late = !released && !dropped && world.strikes(Fault.BYTES_AFTER_CANCEL);
            int bytes = late ? pendingSend.attempt(socket) : 0;
            terminals.add(() -> finishSend(bytes > 0 ? bytes : Code.CANCELLED));
        }
        while (!terminals.isEmpty()) {
            driver.later(terminals.remove(world.random().nextInt(terminals.size())));
        }
        driver.later(this::finishIfSettled);
    }

    /** One that was dropped may have been reported in between. */
    private void finishSend(int result) {
        if (pendingSend != null) {
            sent(result);
        }
    }

    private void receiveOneAndStop() {
        if (receiving) {
            receiveOne();
        }
        stopReceiving();
    }

    /** The stop that the user had asked for before the close may have come in between. */
    private void stopReceiving() {
        if (receiving) {
            receiveStopped(Code.CANCELLED);
        }
    }

    private void finishIfSettled() {
        if (connecting || receiving || target != null || pendingSend != null) {
            driver.later(this::finishIfSettled);
            return;
        }
        if (!released) {
            socket.close();
        }
        driver.closed();
        sink.onClosed();
    }

    private void connected(int code) {
        connecting = false;
        driver.completed(code);
        sink.onConnected(code);
    }

    private void receiveStopped(int code) {
        receiving = false;
        stopping = false;
        driver.completed(code);
        sink.onReceiveStopped(code);
    }

    private void receivedInto(int result) {
        target = null;
        driver.completed(result);
        tellDescriptors();
        sink.onReceivedInto(result);
    }

    private void sent(int result) {
        pendingSend = null;
        dropped = false;
        driver.completed(result);
        sink.onSent(result);
    }
}
