// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.NumberedOption;
import io.millrace.spi.Accepted;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileErrors;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PortOption;
import io.millrace.spi.SystemServices;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawSockets;
import io.millrace.spi.reactor.RawStream;
import io.millrace.spi.reactor.RawWatch;
import io.millrace.spi.reactor.ReceiveRow;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sockets by libc's calls, for every engine that has descriptors: select, poll, epoll and kqueue.
 *
 * <p>One per loop, on its thread. A descriptor that could not be set up is closed before the error
 * is thrown.
 */
public final class LibcSockets implements RawSockets {
    private static final int SEEK_CUR = 1;

    private final SystemCalls systemCalls;

    /** One struct pollfd; few need it. */
    private @Nullable NativeMemory pollEntry;

    private final Platform platform;
    private final SocketCalls calls;
    private final SocketOptions options;
    private final DescriptorLimit limit;
    private @Nullable LibcDatagrams datagrams;
    private @Nullable LibcSystem system;

    public LibcSockets(
            SystemCalls systemCalls,
            SocketDialect dialect,
            Platform platform,
            DescriptorLimit limit) {
        this.systemCalls = systemCalls;
        this.platform = platform;
        this.calls = new SocketCalls(systemCalls, dialect, platform);
        this.options = new SocketOptions(systemCalls, platform);
        this.limit = limit;
    }

    @Override
    public Capabilities capabilities() {
        boolean balanced = platform.constants().soReuseportBalanced != SocketConstants.ABSENT;
        return Capabilities.NONE
                .withDescriptors(true)
                .withBalancedReusePort(balanced)
                .withAbstractUnixNames(platform.addresses().abstractNames())
                .withDescriptorPassing(platform.system() == OperatingSystem.LINUX)
                .withMaximumGather(SocketCalls.MAXIMUM_SEGMENTS);
    }

    @Override
    public RawListener listen(ListenSpec spec) throws IoException {
        int family = calls.family(spec.address());
        int fd = open(family, "listen", spec.address());
        try {
            configure(fd, family, spec);
            check(calls.bind(fd, family, spec.address()), "bind", spec.address());
            permit(spec);
            check(calls.listen(fd, spec.backlog()), "listen", spec.address());
            return new LibcListener(calls, options, family, fd);
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    /**
     * Nobody can connect before the listen, so that who may is settled in time, and no umask, which
     * is the whole process's, has to be changed meanwhile.
     */
    private static void permit(ListenSpec spec) throws IoException {
        Set<PosixFilePermission> permissions = spec.permissions();
        if (permissions != null && spec.address() instanceof UnixDomainSocketAddress unix) {
            try {
                Files.setPosixFilePermissions(unix.getPath(), permissions);
            } catch (IOException failure) {
                int code = FileErrors.codeOf(failure);
                throw IoException.of(code, "permissions for listen", unix, 0, failure);
            }
        }
    }

    /** Everything that bind and the handshakes depend on, so it comes before them. */
    private void configure(int fd, int family, ListenSpec spec) throws IoException {
        SocketConstants names = platform.constants();
        if (family == names.afInet6 && names.ipv6V6only != SocketConstants.ABSENT) {
            set(fd, names.ipprotoIpv6, names.ipv6V6only, 0, spec);
        }
        if (spec.reuseAddress()) {
            set(fd, names.solSocket, names.soReuseaddr, 1, spec);
        }
        if (spec.reusePort()) {
            set(fd, names.solSocket, names.soReuseportBalanced, 1, spec);
        }
        if (spec.receiveBufferBytes() > 0) {
            set(fd, names.solSocket, names.soRcvbuf, spec.receiveBufferBytes(), spec);
        }
        for (Map.Entry<PortOption, Integer> option : spec.options().entrySet()) {
            set(fd, option.getKey(), option.getValue());
        }
        for (NumberedOption option : spec.numberedOptions()) {
            int result = options.set(fd, option.level(), option.name(), option.value());
            check(result, option.toString(), null);
        }
    }

    private void set(int fd, PortOption option, int value) throws IoException {
        int result = options.set(fd, option, value);
        String why = result == Code.NOT_SUPPORTED ? whyUnsupported(option) : null;
        if (why != null) {
            throw IoException.because(result, "option " + option, why);
        }
        check(result, "option " + option, null);
    }

    private void set(int fd, int level, int option, int value, ListenSpec spec) throws IoException {
        check(options.set(fd, level, option, value), "setsockopt for listen", spec.address());
    }

    @Override
    public RawStream stream(StandardProtocolFamily family) throws IoException {
        int number = numberOf(family);
        return streamOf(open(number, "socket", null), number, null, false);
    }

    /** The system's number of a family. */
    public int numberOf(StandardProtocolFamily family) {
        return switch (family) {
            case INET -> platform.constants().afInet;
            case INET6 -> platform.constants().afInet6;
            case UNIX -> platform.constants().afUnix;
        };
    }

    @Override
    public RawWatch watch(int descriptor) throws IoException {
        limit.check(descriptor, "watch");
        check(systemCalls.watchable(descriptor), "watch", null);
        return new RawWatch(descriptor);
    }

    /** What of these events of poll(2) is there now, with those nobody asks for; or a code. */
    public int poll(int descriptor, int events) {
        NativeMemory entry = pollEntry;
        if (entry == null) {
            entry = NativeMemory.allocate(Long.BYTES);
            pollEntry = entry;
        }
        entry.putInt(0, descriptor);
        entry.putShort(Integer.BYTES, (short) events);
        entry.putShort(Integer.BYTES + Short.BYTES, (short) 0);
        int result = entry.keptFor(systemCalls.poll(entry.address(), 1, 0));
        return result < 0 ? result : entry.getShort(Integer.BYTES + Short.BYTES) & 0xffff;
    }

    /** The system calls that these sockets are made of. */
    public SystemCalls calls() {
        return systemCalls;
    }

    /** Whether a number is anybody's at the moment. */
    public boolean isOpen(int descriptor) {
        return systemCalls.lseek(descriptor, 0, SEEK_CUR) != Code.BAD_DESCRIPTOR;
    }

    /** Wraps a connection that the kernel accepted by other means than {@link #listen}'s. */
    public Accepted accepted(int fd) {
        return new AcceptedDescriptor(systemCalls, fd, platform.constants().afInet6, null);
    }

    /** Wraps a file that the kernel opened by other means than {@link #openFile}'s. */
    public OpenFile opened(int fd) {
        return new LibcFile(systemCalls, fd);
    }

    @Override
    public RawStream adopt(Accepted connection) throws IoException {
        if (!(connection instanceof AcceptedDescriptor accepted)) {
            connection.close();
            throw IoException.because(
                    Code.INVALID_ARGUMENT, "adopt", "the connection is of another engine's kind");
        }
        int fd = accepted.take();
        try {
            limit.check(fd, "accept");
            SocketAddress remoteAddress = accepted.remoteAddress();
            if (remoteAddress == null && calls.peerName(fd) == Code.OK) {
                remoteAddress = calls.reportedAddress();
            }
            int family = accepted.family();
            boolean wasOthers = accepted.wasOthers();
            LibcStream stream =
                    new LibcStream(calls, options, family, fd, remoteAddress, wasOthers);
            stream.takenError = accepted.takenError();
            return stream;
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    /** A stream of a descriptor that is closed if there cannot be one. */
    private LibcStream streamOf(
            int fd, int family, @Nullable SocketAddress remoteAddress, boolean wasOthers) {
        try {
            return new LibcStream(calls, options, family, fd, remoteAddress, wasOthers);
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    @Override
    public @Nullable String whyUnsupported(PortOption option) {
        return options.has(option) ? null : "this system has no such option";
    }

    @Override
    public RawStream adopt(int descriptor, StandardProtocolFamily kind) throws IoException {
        SocketConstants names = platform.constants();
        int type = options.get(descriptor, names.solSocket, names.soType);
        check(type, "adopt descriptor " + descriptor, null);
        if (type != names.sockStream) {
            throw IoException.because(
                    Code.INVALID_ARGUMENT,
                    "adopt descriptor " + descriptor,
                    "it is a socket, but not a stream");
        }
        int family = familyOf(descriptor);
        check(family, "adopt descriptor " + descriptor, null);
        boolean isUnix = family == names.afUnix;
        boolean isInternet = family == names.afInet || family == names.afInet6;
        if (kind == StandardProtocolFamily.UNIX ? !isUnix : !isInternet) {
            throw IoException.because(
                    Code.INVALID_ARGUMENT,
                    "adopt descriptor " + descriptor,
                    isUnix
                            ? "it is a Unix-domain socket; adopt it as a UnixStream"
                            : isInternet
                                    ? "it is a TCP socket; adopt it as a TcpStream"
                                    : "it is a socket of address family " + family);
        }
        limit.check(descriptor, "adopt");
        check(calls.peerName(descriptor), "adopt descriptor " + descriptor, null);
        SocketAddress remoteAddress = calls.reportedAddress();
        check(calls.prepare(descriptor), "adopt descriptor " + descriptor, null);
        int waitsNot = options.switchWaitingAtCloseOff(descriptor);
        check(waitsNot, "adopt descriptor " + descriptor, null);
        return new LibcStream(calls, options, family, descriptor, remoteAddress, true);
    }

    /** The number of a socket's family, or a code. */
    private int familyOf(int fd) {
        int result = calls.socketName(fd);
        return result < 0 ? result : calls.reportedFamily();
    }

    @Override
    public LibcDatagrams datagrams() {
        LibcDatagrams opener = datagrams;
        if (opener == null) {
            opener = new LibcDatagrams(systemCalls, calls, options, platform, limit);
            datagrams = opener;
        }
        return opener;
    }

    @Override
    public void closeDescriptor(int descriptor) {
        calls.close(descriptor);
    }

    @Override
    public SystemServices system() {
        LibcSystem services = system;
        if (services == null) {
            services = new LibcSystem(systemCalls, calls, options, platform);
            system = services;
        }
        return services;
    }

    @Override
    public ReceiveRow receiveRow(int capacity) {
        return new LibcReceiveRow(systemCalls, capacity);
    }

    @Override
    public FileCalls fileCalls() {
        return LibcFileCalls.instance();
    }

    @Override
    public OpenFile openFile(Path path) throws IoException {
        return LibcFile.open(systemCalls, platform.constants(), path);
    }

    private int open(int family, String operation, @Nullable SocketAddress address)
            throws IoException {
        int fd = calls.socket(family);
        check(fd, operation, address);
        try {
            limit.check(fd, operation);
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
        return fd;
    }

    private static void check(int result, String operation, @Nullable SocketAddress address)
            throws IoException {
        if (result < 0) {
            throw IoException.of(result, operation, address);
        }
    }
}
