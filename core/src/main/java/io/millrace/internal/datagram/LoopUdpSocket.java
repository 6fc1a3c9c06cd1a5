// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.datagram;

import io.millrace.BackendInfo;
import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.StagingPool;
import io.millrace.internal.stream.KernelAddress;
import io.millrace.internal.stream.UnresolvedHostException;
import io.millrace.internal.stream.Watermarks;
import io.millrace.net.Datagram;
import io.millrace.net.DatagramCallback;
import io.millrace.net.DatagramFailureHandler;
import io.millrace.net.DatagramHandler;
import io.millrace.net.UdpBindOptions;
import io.millrace.net.UdpSendOptions;
import io.millrace.net.UdpSocket;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramAddress;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.DatagramFault;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.Failures;
import io.millrace.spi.PoolChunk;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of {@link UdpSocket}. It owns the port, from the bind until it closes, and
 * its two halves ask it.
 */
public final class LoopUdpSocket extends LoopHandle implements UdpSocket {
    final AddressBook book;
    final DatagramOutbound outbound;
    final DatagramInbound inbound;

    /** UDP_MAX_SEGMENTS, which newer kernels have doubled. */
    private static final int MOST_SEGMENTS = 64;

    private final SocketUdpOptions options = new SocketUdpOptions(this);
    private final Memberships memberships = new Memberships();
    private final boolean isInet6;

    /** Of the peer, if it is connected. */
    private final DatagramAddress peerNumbers = new DatagramAddress();

    /** Whether the kernel keeps what the network reports. */
    boolean receivesErrors;

    /** Whether the kernel cuts what is sent into segments; null until that was asked. */
    private @Nullable Boolean kernelCuts;

    /** Null before the bind, and from the close on. */
    private @Nullable DatagramPort port;

    private volatile InetSocketAddress local;
    private volatile @Nullable InetSocketAddress peer;

    private LoopUdpSocket(Loop loop, InetSocketAddress address) {
        super(loop);
        book = loop.part(AddressBook.OF_LOOP);
        outbound = new DatagramOutbound(this);
        inbound = new DatagramInbound(this);
        isInet6 = address.getAddress() instanceof Inet6Address;
        local = address;
    }

    public static LoopUdpSocket bind(Loop loop, SocketAddress address, UdpBindOptions options)
            throws IoException {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(options, "options");
        InetSocketAddress wanted = resolved(address);
        loop.check("bind");
        DatagramEngine engine = loop.driver.datagrams();
        if (engine == null) {
            throw Failures.because(Code.NOT_SUPPORTED, "bind", wanted, whyNone(loop.backend()));
        }
        if (options.reusePort() && !loop.capabilities.balancedReusePort()) {
            throw Failures.because(
                    Code.NOT_SUPPORTED,
                    "bind",
                    wanted,
                    "this system does not balance datagrams between sockets of one port");
        }
        LoopUdpSocket socket = new LoopUdpSocket(loop, wanted);
        DatagramPort opened = open(engine, wanted, options, socket.inbound);
        try {
            if (opened.localAddress() instanceof InetSocketAddress bound) {
                socket.local = bound;
            }
            socket.port = opened;
            socket.join();
        } catch (RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
        return socket;
    }

    private static String whyNone(BackendInfo backend) {
        return "backend "
                + backend.name()
                + " has no datagrams; nio, select, poll, epoll, epoll-et, kqueue and io_uring have,"
                + " and LoopOptions.Builder.backend takes one of them";
    }

    private static DatagramPort open(
            DatagramEngine engine,
            InetSocketAddress address,
            UdpBindOptions options,
            DatagramInbound sink)
            throws IoException {
        try {
            return engine.bind(
                    new DatagramSpec(
                            KernelAddress.toBindTo(address),
                            options.reuseAddress(),
                            options.reusePort(),
                            options.ipv6Only()),
                    sink);
        } catch (IoException failure) {
            throw Failures.named("bind", address, failure);
        }
    }

    public static LoopUdpSocket connect(Loop loop, SocketAddress peer) throws IoException {
        InetSocketAddress wanted = resolved(peer);
        String anywhere = wanted.getAddress() instanceof Inet6Address ? "::" : "0.0.0.0";
        LoopUdpSocket socket =
                bind(loop, new InetSocketAddress(anywhere, 0), UdpBindOptions.DEFAULT);
        try {
            socket.connect(wanted);
            return socket;
        } catch (IoException | RuntimeException | Error failure) {
            socket.close();
            throw failure;
        }
    }

    private static InetSocketAddress resolved(@Nullable SocketAddress address) {
        Objects.requireNonNull(address, "address");
        if (!(address instanceof InetSocketAddress inet)) {
            throw new IllegalArgumentException("UDP needs an InetSocketAddress: " + address);
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedHostException(inet);
        }
        return inet;
    }

    /** What receives and sends, or null if that is closed. */
    @Nullable DatagramPort port() {
        return port;
    }

    /** For whatever the user does with it, which comes after all that is to have left by now. */
    DatagramPort openPort(String method) {
        ensureOpen(method);
        outbound.flushDue();
        return Objects.requireNonNull(port);
    }

    @Nullable InetSocketAddress peer() {
        return peer;
    }

    /** Whether a datagram of this sender is for the user: all are, or those of the peer. */
    boolean mayHear(DatagramAddress sender) {
        return peer == null || !sender.isKnown() || sender.isSame(peerNumbers);
    }

    @Override
    public void connect(SocketAddress newPeer) throws IoException {
        InetSocketAddress wanted = resolved(newPeer);
        DatagramPort current = openPort("connect");
        ensureNothingWaits("connect");
        InetSocketAddress reached = KernelAddress.toReach(wanted, "connect");
        if (!isInet6 && reached.getAddress() instanceof Inet6Address) {
            throw IoException.of(Code.FAMILY_NOT_SUPPORTED, "connect", wanted);
        }
        int result = reached.getPort() == 0 ? Code.INVALID_ARGUMENT : current.connect(reached);
        if (result < 0) {
            throw IoException.of(result, "connect", wanted);
        }
        peerNumbers.set(reached);
        peer = wanted;
        askLocalAddress(current);
    }

    @Override
    public void disconnect() throws IoException {
        DatagramPort current = openPort("disconnect");
        InetSocketAddress former = peer;
        if (former == null) {
            return;
        }
        ensureNothingWaits("disconnect");
        int result = current.disconnect();
        if (result < 0) {
            throw IoException.of(result, "disconnect", former);
        }
        peerNumbers.clear();
        peer = null;
        askLocalAddress(current);
    }

    private void askLocalAddress(DatagramPort current) {
        if (current.localAddress() instanceof InetSocketAddress bound) {
            local = bound;
        }
    }

    /** Datagrams that were sent with an address, or without one, have to leave like that. */
    private void ensureNothingWaits(String method) {
        if (!outbound.flushAll()) {
            throw new IllegalStateException(
                    method
                            + ": "
                            + this
                            + " has datagrams that the kernel has no room for; wait for their"
                            + " callbacks");
        }
    }

    @Override
    public void join(InetAddress group, @Nullable NetworkInterface link) throws IoException {
        membership(true, group, link, null);
    }

    @Override
    public void join(InetAddress group, @Nullable NetworkInterface link, InetAddress source)
            throws IoException {
        membership(true, group, link, Objects.requireNonNull(source, "source"));
    }

    @Override
    public void leave(InetAddress group, @Nullable NetworkInterface link) throws IoException {
        membership(false, group, link, null);
    }

    @Override
    public void leave(InetAddress group, @Nullable NetworkInterface link, InetAddress source)
            throws IoException {
        membership(false, group, link, Objects.requireNonNull(source, "source"));
    }

    private void membership(
            boolean join,
            InetAddress group,
            @Nullable NetworkInterface link,
            @Nullable InetAddress source)
            throws IoException {
        String operation = join ? "join" : "leave";
        DatagramPort current = openPort(operation);
        if (!Objects.requireNonNull(group, "group").isMulticastAddress()) {
            throw new IllegalArgumentException(operation + ": no group's address: " + group);
        }
        boolean fits =
                group instanceof Inet6Address == isInet6
                        && (source == null || source instanceof Inet6Address == isInet6);
        int index = link == null ? 0 : link.getIndex();
        int result = Code.FAMILY_NOT_SUPPORTED;
        if (fits && join) {
            result = memberships.join(current, group, index, source);
        } else if (fits) {
            result = memberships.leave(current, group, index, source);
        }
        if (result < 0) {
            InetSocketAddress address = new InetSocketAddress(group, local.getPort());
            throw IoException.of(result, operation, address);
        }
    }

    @Override
    public void receive(DatagramHandler handler) {
        ensureOpen("receive");
        inbound.start(Objects.requireNonNull(handler, "handler"));
    }

    @Override
    public void pauseReceiving() {
        loop().check("pauseReceiving");
        if (isOpen()) {
            inbound.pause();
        }
    }

    @Override
    public void resumeReceiving() {
        ensureOpen("resumeReceiving");
        inbound.resume();
    }

    @Override
    public boolean send(ByteBuffer data, @Nullable SocketAddress to) {
        return send(data, to, null);
    }

    @Override
    public boolean send(
            ByteBuffer data, @Nullable SocketAddress to, @Nullable DatagramCallback callback) {
        return send(data, to, SendOptions.PLAIN, callback);
    }

    @Override
    public boolean send(
            ByteBuffer data,
            @Nullable SocketAddress to,
            UdpSendOptions sendOptions,
            @Nullable DatagramCallback callback) {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(sendOptions, "options");
        ensureAddressed(to);
        ensureRoom(data);
        return queue(data, to, sendOptions, callback);
    }

    @Override
    public boolean send(Chunk data, @Nullable SocketAddress to) {
        return send(data, to, null);
    }

    @Override
    public boolean send(
            Chunk data, @Nullable SocketAddress to, @Nullable DatagramCallback callback) {
        return send(data, to, SendOptions.PLAIN, callback);
    }

    @Override
    public boolean send(
            Chunk data,
            @Nullable SocketAddress to,
            UdpSendOptions sendOptions,
            @Nullable DatagramCallback callback) {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(sendOptions, "options");
        ensureAddressed(to);
        outbound.ensureRoom(data.length(), 0);
        return queue(data, to, sendOptions, callback);
    }

    @Override
    public boolean reply(Datagram to, Chunk data) {
        ReceivedDatagram received = (ReceivedDatagram) Objects.requireNonNull(to, "to");
        Objects.requireNonNull(data, "data");
        ensureOpen("reply");
        outbound.ensureRoom(data.length(), 0);
        return queue(data, received, SendOptions.PLAIN, null);
    }

    @Override
    public boolean reply(Datagram to, ByteBuffer data, @Nullable DatagramCallback callback) {
        ReceivedDatagram received = (ReceivedDatagram) Objects.requireNonNull(to, "to");
        Objects.requireNonNull(data, "data");
        ensureOpen("reply");
        ensureRoom(data);
        return queue(data, received, SendOptions.PLAIN, callback);
    }

    /**
     * Every send and every reply.
     *
     * @param data a buffer, or a chunk
     * @param to an address, null for the peer's, or a datagram for its sender's
     */
    private boolean queue(
            Object data,
            @Nullable Object to,
            UdpSendOptions sendOptions,
            @Nullable DatagramCallback callback) {
        PendingDatagram datagram = outbound.place();
        try {
            if (to instanceof ReceivedDatagram received) {
                address(datagram, received);
            } else {
                address(datagram, (SocketAddress) to);
            }
            apply(sendOptions, datagram);
            if (data instanceof PoolChunk chunk) {
                setMemory(datagram, chunk);
            } else {
                setMemory(datagram, (ByteBuffer) data);
            }
            cut(sendOptions, datagram);
        } catch (RuntimeException | Error failure) {
            outbound.discard(datagram);
            throw failure;
        }
        return outbound.send(datagram, callback);
    }

    @Override
    public boolean trySend(ByteBuffer data, @Nullable SocketAddress to) throws IoException {
        ensureAddressed(to);
        if (!Objects.requireNonNull(data, "data").isDirect()) {
            throw new IllegalArgumentException("trySend takes a direct buffer");
        }
        DatagramPort current = openPort("trySend");
        int start = data.position();
        int end = data.limit();
        PendingDatagram datagram = outbound.place();
        int result;
        try {
            result = address(datagram, to);
            if (result == Code.OK) {
                setMemoryInPlace(datagram, data);
                result = outbound.trySend(datagram, current);
            }
        } finally {
            outbound.discard(datagram);
            data.limit(end).position(start);
        }
        if (result > 0) {
            data.position(end);
            return true;
        }
        if (result == Code.WOULD_BLOCK) {
            return false;
        }
        throw IoException.of(result, "send", to == null ? peer : to);
    }

    private void ensureRoom(ByteBuffer data) {
        int bytes = data.remaining();
        outbound.ensureRoom(bytes, loop().isToBeCopied(data) ? bytes : 0);
    }

    private void ensureAddressed(@Nullable SocketAddress to) {
        ensureOpen("send");
        InetSocketAddress current = peer;
        if (to == null && current == null) {
            throw new IllegalStateException(
                    "send: " + this + " is not connected; say where to, or connect first");
        }
        if (to != null && current != null) {
            throw new IllegalStateException(
                    "send: "
                            + this
                            + " is connected to "
                            + current
                            + "; send without an address, or disconnect first");
        }
    }

    /** Where to; what cannot be reached is left to fail when its turn has come. */
    private int address(PendingDatagram datagram, @Nullable SocketAddress to) {
        if (to == null) {
            return Code.OK;
        }
        try {
            book.find(resolved(to), datagram.to);
        } catch (IoException nowhere) {
            datagram.refusal = nowhere.code();
            datagram.to.set(resolved(to));
        }
        return refuseForeign(datagram);
    }

    @SuppressWarnings("ReferenceEquality") // the one that says nothing
    private void apply(UdpSendOptions sendOptions, PendingDatagram datagram) {
        if (sendOptions != SendOptions.PLAIN) {
            ((SendOptions) sendOptions)
                    .applyTo(datagram, datagram.to.isKnown() ? datagram.to : peerNumbers);
        }
    }

    /** Into what the kernel cuts further, or else into segments. */
    private void cut(UdpSendOptions sendOptions, PendingDatagram datagram) {
        int segment = ((SendOptions) sendOptions).segmentBytes();
        if (segment == 0 || datagram.end - datagram.start <= segment) {
            return;
        }
        if (kernelCuts()) {
            int segments = Math.min(MOST_SEGMENTS, SendOptions.MOST_BYTES / segment);
            if (segments > 1) {
                datagram.segmentBytes = segment;
                datagram.pieceBytes = segments * segment;
                return;
            }
        }
        datagram.pieceBytes = segment;
    }

    private boolean kernelCuts() {
        Boolean known = kernelCuts;
        if (known == null) {
            known = openPort("send").getOption(DatagramOption.SEGMENT_BYTES) >= 0;
            kernelCuts = known;
        }
        return known;
    }

    /** A socket that is connected answers its peer anyway. */
    private void address(PendingDatagram datagram, ReceivedDatagram received) {
        DatagramAddress sender = received.info().sender;
        if (peer == null) {
            datagram.to.set(sender);
        }
    }

    private int refuseForeign(PendingDatagram datagram) {
        if (!isInet6 && datagram.to.family() == DatagramAddress.INET6) {
            datagram.refusal = Code.FAMILY_NOT_SUPPORTED;
        } else if (datagram.to.port() == 0) {
            datagram.refusal = Code.INVALID_ARGUMENT;
        }
        return datagram.refusal;
    }

    private void setMemory(PendingDatagram datagram, PoolChunk received) {
        boolean copies = received.isOfAnotherThread() || received.isFromScarcePool();
        setChunk(datagram, copies ? loop().staging.copyOf(received) : received.keep());
    }

    private void setMemory(PendingDatagram datagram, ByteBuffer data) {
        if (loop().isToBeCopied(data)) {
            setChunk(datagram, loop().staging.copy(data));
        } else {
            setMemoryInPlace(datagram, data);
        }
    }

    private static void setMemoryInPlace(PendingDatagram datagram, ByteBuffer data) {
        datagram.memory = data;
        datagram.address = 0;
        datagram.first = data.position();
        datagram.start = datagram.first;
        datagram.end = data.limit();
        data.position(data.limit());
    }

    /** A copy for which there was no direct memory cannot be sent. */
    private static void setChunk(PendingDatagram datagram, PoolChunk chunk) {
        datagram.chunk = chunk;
        datagram.memory = chunk.memory();
        datagram.address = chunk.address();
        datagram.first = chunk.start();
        datagram.start = datagram.first;
        datagram.end = chunk.end();
        if (StagingPool.isOnHeap(chunk) && datagram.refusal == Code.OK) {
            datagram.refusal = Code.NO_MEMORY;
        }
    }

    @Override
    public long sendQueueSize() {
        loop().check("sendQueueSize");
        return outbound.unsentBytes();
    }

    @Override
    public void watermarks(long low, long high, long limit) {
        ensureOpen("watermarks");
        outbound.watermarks(new Watermarks(low, high, limit));
    }

    @Override
    public void onWritable(Runnable callback) {
        ensureOpen("onWritable");
        outbound.onWritable(Objects.requireNonNull(callback, "callback"));
    }

    @Override
    public void onFailure(DatagramFailureHandler handler) {
        ensureOpen("onFailure");
        outbound.onFailure(Objects.requireNonNull(handler, "handler"));
    }

    @Override
    public SocketUdpOptions options() {
        return options;
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return peer;
    }

    @Override
    public int fileDescriptor() {
        DatagramPort current = openPort("fileDescriptor");
        if (!loop().capabilities.descriptors()) {
            throw new UnsupportedOperationException(
                    "backend " + loop().backend().name() + " has no file descriptors");
        }
        return current.descriptor();
    }

    /** What the network has reported of a datagram that was sent before; or null. */
    @Nullable IoException takeReport() {
        DatagramPort current = port;
        DatagramFault fault = receivesErrors && current != null ? current.takeFault() : null;
        if (fault == null) {
            return null;
        }
        SocketAddress to = fault.to() == null ? peer : fault.to();
        InetAddress reporter = fault.reporter();
        boolean isItself =
                to instanceof InetSocketAddress inet && inet.getAddress().equals(reporter);
        String said = reporter == null || isItself ? "" : ", says " + reporter.getHostAddress();
        IoException plain = IoException.of(fault.code(), "receive", to);
        return said.isEmpty()
                ? plain
                : IoException.withMessage(
                        fault.code(), "receive", to, null, 0, plain.getMessage() + said, null);
    }

    @Override
    public String details() {
        InetSocketAddress current = peer;
        return " local " + local + (current == null ? "" : " peer " + current);
    }

    /** What callbacks that have returned have sent is not lost with what waits. */
    @Override
    public void startClosing() {
        DatagramPort current = port;
        if (current == null) {
            released();
            return;
        }
        try {
            outbound.flushDue();
        } finally {
            port = null;
            current.close();
        }
    }

    @Override
    public void finishOperations() {
        inbound.finish();
        outbound.finish();
    }
}
