// SPDX-License-Identifier: Apache-2.0
package io.millrace.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.millrace.IoException;
import io.millrace.posix.ControlMessages;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Platform;
import io.millrace.posix.Processor;
import io.millrace.posix.SocketAddressCodec;
import io.millrace.spi.DatagramAddress;
import io.millrace.spi.DatagramInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Whatever a kernel writes for an address or a control message, nothing beyond its length is read,
 * and an address that was read is written the same again.
 */
public final class SocketAddressFuzz {
    private static final int ROOM = 256;

    /** The least that a {@code sockaddr_un} has on any system. */
    private static final int UNIX_BYTES = 106;

    private static final Platform[] PLATFORMS = {
        Platform.of(OperatingSystem.LINUX, Processor.X86_64),
        Platform.of(OperatingSystem.MACOS, Processor.AARCH64),
        Platform.of(OperatingSystem.FREEBSD, Processor.X86_64)
    };

    private SocketAddressFuzz() {}

    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws IoException {
        Platform platform = data.pickValue(PLATFORMS);
        byte[] bytes = data.consumeRemainingAsBytes();
        int length = Math.min(bytes.length, ROOM / 2);
        // What is read past the end would be out of this memory's bounds, which are checked.
        NativeMemory exact = NativeMemory.allocate(Math.max(1, length));
        for (int i = 0; i < length; i++) {
            exact.putByte(i, bytes[i]);
        }
        readAddress(new SocketAddressCodec(platform.addresses()), exact, length);
        new ControlMessages(platform).read(exact, 0, length, new DatagramInfo());
    }

    private static void readAddress(SocketAddressCodec codec, NativeMemory memory, int length)
            throws IoException {
        DatagramAddress sender = new DatagramAddress();
        codec.read(memory, 0, length, sender);
        SocketAddress address = codec.read(memory, 0, length);
        if (address == null) {
            return;
        }
        if (sender.isKnown() != address instanceof InetSocketAddress) {
            throw new AssertionError(sender + " and " + address);
        }
        NativeMemory again = NativeMemory.allocate(ROOM);
        int written;
        try {
            written = codec.write(address, codec.family(address), again, 0);
        } catch (IoException tooLong) {
            // Some kernels tell names that fill the structure, without a zero at their end.
            if (address instanceof InetSocketAddress || length < UNIX_BYTES) {
                throw tooLong;
            }
            return;
        }
        SocketAddress read = codec.read(again, 0, written);
        if (!address.equals(read)) {
            throw new AssertionError(address + " came back as " + read);
        }
    }
}
