// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * The numbers of one platform's socket and descriptor interfaces, copied into finals once.
 *
 * <p>A flag that a platform lacks is 0, so that or-ing it in does nothing; an option that it lacks
 * is {@link #ABSENT}, which callers must test before use.
 */
public final class SocketConstants {
    /** In place of the number of an option this platform does not have. */
    public static final int ABSENT = -1;

    public final int afUnix;
    public final int afInet;
    public final int afInet6;

    public final int sockStream;
    public final int sockDgram;

    /** 0 where a socket must be made non-blocking after it was opened (macOS). */
    public final int sockNonblock;

    /** 0 where a socket must be made close-on-exec after it was opened (macOS). */
    public final int sockCloexec;

    public final int solSocket;
    public final int soError;
    public final int soType;
    public final int soReuseaddr;

    /** The option under which the kernel spreads connections over listeners, or {@link #ABSENT}. */
    public final int soReuseportBalanced;

    /** SO_REUSEPORT, whatever it does there. */
    public final int soReuseport;

    public final int soKeepalive;

    /** Takes whole seconds on every platform (macOS has a second option for its tick counts). */
    public final int soLinger;

    /** SO_INCOMING_CPU of asm-generic/socket.h. */
    public final int soIncomingCpu;

    public final int soSndbuf;
    public final int soRcvbuf;
    public final int soBroadcast;

    /** Where sends cannot say it per call: the option that keeps SIGPIPE away. */
    public final int soNosigpipe;

    /** Answers Linux's {@code struct ucred}; other systems have another way, or layout. */
    public final int soPeercred;

    public final int ipprotoIp;
    public final int ipprotoTcp;
    public final int ipprotoIpv6;
    public final int tcpNodelay;
    public final int tcpKeepidle;
    public final int tcpKeepintvl;
    public final int tcpKeepcnt;

    /** Of Linux's linux/tcp.h; what other systems have under these names does something else. */
    public final int tcpUserTimeout;

    public final int tcpQuickack;
    public final int tcpDeferAccept;
    public final int tcpFastopen;
    public final int tcpFastopenConnect;
    public final int soZerocopy;

    /** IP_TOS. */
    public final int ipTos;

    public final int ipv6Tclass;

    /** {@link #ABSENT} where IPv6 sockets never take IPv4 (OpenBSD). */
    public final int ipv6V6only;

    public final int msgNosignal;
    public final int msgDontwait;
    public final int msgTrunc;

    /** For open, pipe2 and eventfd: no call on the descriptor waits. */
    public final int openNonblock;

    /** For open, pipe2 and eventfd: child processes do not inherit the descriptor. */
    public final int openCloexec;

    /** For open: how a file is opened that is not only read, for which there is no flag. */
    public final int openWriteOnly;

    public final int openReadWrite;

    /** For open: each write goes to the end of the file. */
    public final int openAppend;

    public final int openTruncate;
    public final int openCreate;

    /** For open, with {@link #openCreate}: fails if there is a file. */
    public final int openExclusive;

    /** For getrlimit: how many descriptors the process may have. */
    public final int rlimitNofile;

    SocketConstants(OperatingSystem system, Processor processor) {
        ConstantSource source = new ConstantSource(system, processor);
        afUnix = source.required("AddressFamily", "AF_UNIX");
        afInet = source.required("AddressFamily", "AF_INET");
        afInet6 = source.required("AddressFamily", "AF_INET6");
        sockStream = source.required("Sock", "SOCK_STREAM");
        sockDgram = source.required("Sock", "SOCK_DGRAM");
        sockNonblock = source.orElse("Sock", "SOCK_NONBLOCK", 0);
        sockCloexec = source.orElse("Sock", "SOCK_CLOEXEC", 0);
        solSocket = source.required("SocketLevel", "SOL_SOCKET");
        soError = source.required("SocketOption", "SO_ERROR");
        soType = source.required("SocketOption", "SO_TYPE");
        soReuseaddr = source.required("SocketOption", "SO_REUSEADDR");
        soReuseportBalanced = source.orElse("SocketOption", balancedReuseport(system), ABSENT);
        soReuseport = source.orElse("SocketOption", "SO_REUSEPORT", ABSENT);
        soKeepalive = source.required("SocketOption", "SO_KEEPALIVE");
        soLinger = source.required("SocketOption", lingerInSeconds(system));
        boolean linux = system == OperatingSystem.LINUX;
        soIncomingCpu = linux ? 49 : ABSENT;
        soSndbuf = source.required("SocketOption", "SO_SNDBUF");
        soRcvbuf = source.required("SocketOption", "SO_RCVBUF");
        soBroadcast = source.required("SocketOption", "SO_BROADCAST");
        soNosigpipe = source.orElse("SocketOption", "SO_NOSIGPIPE", ABSENT);
        soPeercred =
                system == OperatingSystem.LINUX
                        ? source.required("SocketOption", "SO_PEERCRED")
                        : ABSENT;
        ipprotoIp = source.required("IPProto", "IPPROTO_IP");
        ipprotoTcp = source.required("IPProto", "IPPROTO_TCP");
        ipprotoIpv6 = source.required("IPProto", "IPPROTO_IPV6");
        tcpNodelay = source.required("TCP", "TCP_NODELAY");
        tcpKeepidle = source.orElse("TCP", keepAliveIdle(system), ABSENT);
        tcpKeepintvl = source.orElse("TCP", "TCP_KEEPINTVL", ABSENT);
        tcpKeepcnt = source.orElse("TCP", "TCP_KEEPCNT", ABSENT);
        tcpUserTimeout = linux ? 18 : ABSENT;
        tcpQuickack = linux ? 12 : ABSENT;
        tcpDeferAccept = linux ? 9 : ABSENT;
        tcpFastopen = linux ? 23 : ABSENT;
        tcpFastopenConnect = linux ? 30 : ABSENT;
        soZerocopy = linux ? 60 : ABSENT;
        DatagramNumbers classes = DatagramNumbers.of(system);
        ipTos = classes.trafficClass4;
        ipv6Tclass = classes.trafficClass6;
        ipv6V6only =
                system == OperatingSystem.OPENBSD ? ABSENT : source.required("IPv6", "IPV6_V6ONLY");
        msgNosignal = source.orElse("SocketMessage", "MSG_NOSIGNAL", 0);
        msgDontwait = source.required("SocketMessage", "MSG_DONTWAIT");
        msgTrunc = source.required("SocketMessage", "MSG_TRUNC");
        openNonblock = source.required("OpenFlags", "O_NONBLOCK");
        openCloexec = source.required("OpenFlags", "O_CLOEXEC");
        openWriteOnly = source.required("OpenFlags", "O_WRONLY");
        openReadWrite = source.required("OpenFlags", "O_RDWR");
        openAppend = source.required("OpenFlags", "O_APPEND");
        openTruncate = source.required("OpenFlags", "O_TRUNC");
        openCreate = source.required("OpenFlags", "O_CREAT");
        openExclusive = source.required("OpenFlags", "O_EXCL");
        rlimitNofile = source.required("RLIMIT", "RLIMIT_NOFILE");
    }

    /** Elsewhere SO_REUSEPORT exists too, but the last listener bound takes every connection. */
    private static String balancedReuseport(OperatingSystem system) {
        return switch (system) {
            case LINUX, DRAGONFLY -> "SO_REUSEPORT";
            case FREEBSD -> "SO_REUSEPORT_LB";
            default -> "(none)";
        };
    }

    private static String lingerInSeconds(OperatingSystem system) {
        return system == OperatingSystem.MACOS ? "SO_LINGER_SEC" : "SO_LINGER";
    }

    private static String keepAliveIdle(OperatingSystem system) {
        return system == OperatingSystem.MACOS ? "TCP_KEEPALIVE" : "TCP_KEEPIDLE";
    }
}
