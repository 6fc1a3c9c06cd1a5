// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;
import io.millrace.spi.DatagramAddress;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.OutgoingDatagram;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.reactor.DatagramReceives;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Receives and sends datagrams, several with one call where the system can: recvmmsg(2) and
 * sendmmsg(2), else recvmsg(2) and sendmsg(2). Their arguments lie in one loop's memory. EINTR is
 * repeated. Allocates nothing. Loop thread only.
 */
final class DatagramCalls {
    /** Room for an internet address of either family. */
    private static final int NAME_BYTES = 32;

    private final SystemCalls calls;
    private final SocketCalls sockets;
    private final Platform platform;
    private final MessageLayout messages;
    private final SocketAddressCodec codec;
    private final ControlMessages control;
    private final Vector incoming;
    private final Vector outgoing;

    /** Whether the system has the calls for many; found out by using them. */
    private boolean receivesMany;

    private boolean sendsMany;

    /** Few loops need one. */
    private @Nullable ErrorQueue errors;

    DatagramCalls(SystemCalls calls, SocketCalls sockets, Platform platform) {
        this.calls = calls;
        this.sockets = sockets;
        this.platform = platform;
        messages = platform.messages();
        codec = new SocketAddressCodec(platform.addresses());
        control = new ControlMessages(platform);
        incoming = new Vector(DatagramReceives.MOST, ControlMessages.RECEIVE_BYTES);
        outgoing = new Vector(DatagramSends.MOST, ControlMessages.SEND_BYTES);
        boolean hasMany = platform.system() != OperatingSystem.MACOS;
        receivesMany = hasMany;
        sendsMany = hasMany;
    }

    /** Headers one behind the other, each with its segment, an address and control messages. */
    private final class Vector {
        final int stride = messages.headerBytes() + MessageLayout.RESULT_BYTES;
        final int segments;
        final int names;
        final int controls;
        final int controlBytes;
        final NativeMemory memory;

        Vector(int count, int controlBytes) {
            this.controlBytes = controlBytes;
            segments = count * stride;
            names = segments + count * MessageLayout.SEGMENT_BYTES;
            controls = names + count * NAME_BYTES;
            memory = NativeMemory.allocate(controls + count * controlBytes);
            for (int i = 0; i < count; i++) {
                messages.putHeader(memory, header(i), memory.address(segment(i)), 1);
            }
        }

        int header(int index) {
            return index * stride;
        }

        int segment(int index) {
            return segments + index * MessageLayout.SEGMENT_BYTES;
        }

        int name(int index) {
            return names + index * NAME_BYTES;
        }

        int control(int index) {
            return controls + index * controlBytes;
        }

        void putControl(int index, int length) {
            messages.putControl(
                    memory,
                    header(index),
                    length == 0 ? 0 : memory.address(control(index)),
                    length);
        }

        /** How many bytes a message has brought, behind its header. */
        int result(int index) {
            return memory.getInt(header(index) + messages.headerBytes());
        }

        void putResult(int index, int bytes) {
            memory.putInt(header(index) + messages.headerBytes(), bytes);
        }

        void putSegment(int index, long address, int length) {
            MessageLayout.putSegment(memory, segment(index), address, length);
        }

        void putName(int index, int length) {
            messages.putName(
                    memory, header(index), length == 0 ? 0 : memory.address(name(index)), length);
        }
    }

    /** What is kept of errors. */
    ErrorQueue errors() {
        ErrorQueue queue = errors;
        if (queue == null) {
            queue = new ErrorQueue(calls, platform);
            errors = queue;
        }
        return queue;
    }

    int mostReceives() {
        return receivesMany ? DatagramReceives.MOST : 1;
    }

    /**
     * See {@link io.millrace.spi.reactor.RawDatagram#receive}.
     *
     * @param hasControl whether control messages come along
     */
    int receive(int fd, DatagramReceives into, boolean hasControl) {
        int count = into.count();
        for (int i = 0; i < count; i++) {
            PoolChunk chunk = into.chunk(i);
            incoming.putSegment(i, chunk.address(), chunk.capacity());
            incoming.putName(i, NAME_BYTES);
            incoming.putControl(i, hasControl ? ControlMessages.RECEIVE_BYTES : 0);
        }
        int result = receive(fd, count);
        for (int i = 0; i < result; i++) {
            tell(i, into.chunk(i), into.info(i));
        }
        return result;
    }

    private int receive(int fd, int count) {
        if (count > 1 && receivesMany) {
            int result = receiveMany(fd, count);
            if (receivesMany) {
                return result;
            }
        }
        int length;
        do {
            length =
                    incoming.memory.keptFor(
                            calls.recvmsg(fd, incoming.memory.address(incoming.header(0)), 0));
        } while (length == Code.INTERRUPTED);
        if (length < 0) {
            return length;
        }
        incoming.putResult(0, length);
        return 1;
    }

    private int receiveMany(int fd, int count) {
        try {
            int result;
            do {
                result =
                        incoming.memory.keptFor(
                                calls.recvmmsg(fd, incoming.memory.address(), count, 0));
            } while (result == Code.INTERRUPTED);
            receivesMany = result != Code.NOT_IMPLEMENTED;
            return result;
        } catch (LinkageError notInThisLibc) {
            receivesMany = false;
            return Code.NOT_IMPLEMENTED;
        }
    }

    private void tell(int index, PoolChunk chunk, DatagramInfo info) {
        int header = incoming.header(index);
        chunk.filled(0, Math.min(incoming.result(index), chunk.capacity()));
        info.clear();
        codec.read(
                incoming.memory,
                incoming.name(index),
                messages.nameLength(incoming.memory, header),
                info.sender);
        int length = messages.controlLength(incoming.memory, header);
        if (length > 0) {
            control.read(
                    incoming.memory,
                    incoming.control(index),
                    Math.min(length, ControlMessages.RECEIVE_BYTES),
                    info);
        }
        int flags = messages.flags(incoming.memory, header);
        info.truncated = (flags & platform.constants().msgTrunc) != 0;
    }

    /**
     * See {@link io.millrace.spi.reactor.RawDatagram#send}.
     *
     * @param peer where those go that have no address of their own
     */
    int send(int fd, int family, DatagramAddress peer, DatagramSends from) {
        int count = 0;
        while (count < from.count() && put(count, family, peer, from)) {
            count++;
        }
        if (count == 0) {
            return Code.NOT_SUPPORTED;
        }
        try {
            if (count > 1 && sendsMany) {
                int result = sendMany(fd, count);
                if (sendsMany) {
                    return result;
                }
            }
            return sendEach(fd, count);
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    /** False if the system cannot be told what is to be said of it. */
    private boolean put(int index, int family, DatagramAddress peer, DatagramSends from) {
        OutgoingDatagram datagram = from.datagram(index);
        ByteBuffer memory = Objects.requireNonNull(datagram.memory);
        long address = datagram.address == 0 ? Libc.addressOf(memory) : datagram.address;
        outgoing.putSegment(index, address + from.start(index), from.length(index));
        DatagramAddress to = datagram.to;
        outgoing.putName(
                index,
                to.isKnown() ? codec.write(to, family, outgoing.memory, outgoing.name(index)) : 0);
        int controlBytes = 0;
        if (ControlMessages.areNeeded(datagram)) {
            DatagramAddress destination = to.isKnown() ? to : peer;
            boolean toInet = destination.family() == DatagramAddress.INET;
            if (toInet && !control.canSay4(datagram)) {
                return false;
            }
            controlBytes =
                    control.write(datagram, toInet, outgoing.memory, outgoing.control(index));
        }
        outgoing.putControl(index, controlBytes);
        return true;
    }

    private int sendMany(int fd, int count) {
        try {
            int result;
            do {
                result =
                        outgoing.memory.keptFor(
                                calls.sendmmsg(
                                        fd, outgoing.memory.address(), count, sockets.sendFlags()));
            } while (result == Code.INTERRUPTED);
            sendsMany = result != Code.NOT_IMPLEMENTED;
            return result >= 0 ? result : sockets.failedSend(result);
        } catch (LinkageError notInThisLibc) {
            sendsMany = false;
            return Code.NOT_IMPLEMENTED;
        }
    }

    private int sendEach(int fd, int count) {
        for (int i = 0; i < count; i++) {
            int sent;
            do {
                sent =
                        outgoing.memory.keptFor(
                                calls.sendmsg(
                                        fd,
                                        outgoing.memory.address(outgoing.header(i)),
                                        sockets.sendFlags()));
            } while (sent == Code.INTERRUPTED);
            if (sent < 0) {
                return i == 0 ? sockets.failedSend(sent) : i;
            }
        }
        return count;
    }
}
