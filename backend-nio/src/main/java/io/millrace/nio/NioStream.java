// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Non-blocking calls on a {@link SocketChannel}.
 *
 * <p>Interest in writing is both OP_WRITE and OP_CONNECT. The JDK reports whichever fits the state
 * and waits for the same event of the kernel, so the key need not change when the connection is
 * there. With OP_CONNECT alone it would: on a connected channel that operation never becomes ready,
 * yet the kernel keeps ending the wait for it.
 */
final class NioStream extends RawStream implements NioSocket {
    private SocketChannel channel;
    private final LossProbe lossProbe;

    /** Direct, and shared by all streams of a loop. */
    private final ByteBuffer fileBytes;

    private Registration registration;

    /** Those of a Unix-domain channel that may have to be replaced. */
    private final Map<PortOption, Integer> optionsOfTheUnconnected =
            new EnumMap<>(PortOption.class);

    NioStream(SocketChannel channel, LossProbe lossProbe, ByteBuffer fileBytes) {
        this.channel = channel;
        this.lossProbe = lossProbe;
        this.fileBytes = fileBytes;
        registration = registrationOf(channel);
    }

    private static Registration registrationOf(SocketChannel channel) {
        return new Registration(
                channel, SelectionKey.OP_READ, SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);
    }

    @Override
    public int bind(SocketAddress local) {
        try {
            channel.bind(local);
            return Code.OK;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.ADDRESS_NOT_AVAILABLE);
        } catch (UnsupportedAddressTypeException e) {
            return Code.FAMILY_NOT_SUPPORTED;
        }
    }

    /**
     * A channel whose connect failed is closed by the JDK; such a port is good for nothing more.
     */
    @Override
    public int connect(SocketAddress to) {
        try {
            return channel.connect(to) ? Code.OK : Code.IN_PROGRESS;
        } catch (ClosedChannelException e) {
            return Code.BAD_DESCRIPTOR;
        } catch (IOException e) {
            int code = NioErrors.codeOf(e, Code.REFUSED);
            return code == Code.WOULD_BLOCK ? withAnotherChannel(code) : code;
        } catch (UnsupportedAddressTypeException e) {
            return Code.FAMILY_NOT_SUPPORTED;
        } catch (UnresolvedAddressException e) {
            return Code.INVALID_ARGUMENT;
        }
    }

    /**
     * A Unix-domain server's backlog is full. That may be tried again, but not with a channel that
     * the JDK has closed.
     */
    private int withAnotherChannel(int code) {
        try {
            SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                next.configureBlocking(false);
                for (Map.Entry<PortOption, Integer> option : optionsOfTheUnconnected.entrySet()) {
                    NioOptions.set(next, option.getKey(), option.getValue());
                }
            } catch (Throwable failure) {
                next.close();
                throw failure;
            }
            registration.close();
            channel = next;
            registration = registrationOf(next);
            return code;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.IO_ERROR);
        }
    }

    @Override
    public int finishConnect() {
        try {
            return channel.finishConnect() ? Code.OK : Code.IN_PROGRESS;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.REFUSED);
        }
    }

    @Override
    public int receive(PoolChunk into) {
        return read(into.memory().clear());
    }

    @Override
    public int receive(ByteBuffer into) {
        int position = into.position();
        int result = read(into);
        into.position(position);
        return result;
    }

    private int read(ByteBuffer into) {
        try {
            int count = channel.read(into);
            if (count > 0) {
                return count;
            }
            return count == 0 ? Code.WOULD_BLOCK : Code.END_OF_STREAM;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.RESET);
        }
    }

    @Override
    public int send(Gather from) {
        try {
            long count =
                    from.count() == 1
                            ? channel.write(from.buffer(0))
                            : channel.write(from.buffers(), 0, from.countOfDistinct());
            return count > 0 ? (int) count : Code.WOULD_BLOCK;
        } catch (IOException e) {
            return codeOfSend(e);
        }
    }

    /** To the JDK a channel whose output was shut down is closed; elsewhere it is a broken pipe. */
    private int codeOfSend(IOException e) {
        return e instanceof ClosedChannelException && channel.isOpen()
                ? Code.BROKEN_PIPE
                : NioErrors.codeOf(e, Code.BROKEN_PIPE);
    }

    /**
     * Reads, and then writes to the socket. Not by {@link
     * java.nio.channels.FileChannel#transferTo}, which would spare the copy: an interrupt of the
     * loop's thread ends that at any moment, closes the file, and leaves unknown how much was sent.
     */
    @Override
    public int sendFile(OpenFile file, long position, long count) {
        ByteBuffer bytes = fileBytes;
        try {
            bytes.clear().limit((int) Math.min(count, bytes.capacity()));
            file.read(bytes, position);
            bytes.flip();
        } catch (IOException e) {
            return FileErrors.codeOf(e);
        }
        if (!bytes.hasRemaining()) {
            return Code.END_OF_STREAM;
        }
        try {
            int taken = channel.write(bytes);
            return taken > 0 ? taken : Code.WOULD_BLOCK;
        } catch (IOException e) {
            return codeOfSend(e);
        }
    }

    /**
     * Why a connection is lost, only a read could say, behind whatever is unread; by far most often
     * the peer has reset it.
     */
    @Override
    public int shutdownOutput() {
        try {
            if (channel.isConnected() && lossProbe.isLost(channel)) {
                return Code.RESET;
            }
            channel.shutdownOutput();
            return Code.OK;
        } catch (NotYetConnectedException e) {
            return Code.NOT_CONNECTED;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.NOT_CONNECTED);
        }
    }

    @Override
    public int shutdownInput() {
        try {
            channel.shutdownInput();
            return Code.OK;
        } catch (NotYetConnectedException e) {
            return Code.NOT_CONNECTED;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.NOT_CONNECTED);
        }
    }

    @Override
    public Registration registration() {
        return registration;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return NioOptions.localAddress(channel);
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        try {
            return channel.getRemoteAddress();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public int setOption(PortOption option, int value) {
        if (!channel.isConnected()) {
            optionsOfTheUnconnected.put(option, value);
        }
        return NioOptions.set(channel, option, value);
    }

    @Override
    public int getOption(PortOption option) {
        return NioOptions.get(channel, option);
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public Accepted release() {
        registration.cancel();
        return new NioAccepted(channel);
    }

    @Override
    public void close() {
        registration.close();
    }
}
