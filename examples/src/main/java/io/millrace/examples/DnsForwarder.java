// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.dns.DnsClient;
import io.millrace.dns.DnsOptions;
import io.millrace.net.Datagram;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UdpBindOptions;
import io.millrace.net.UdpSendOptions;
import io.millrace.net.UdpSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/**
 * Asks other name servers in its clients' place, by UDP and TCP at one port, and remembers the
 * answers. One for each loop; they share nothing but the port.
 *
 * <p>How a question is put so that nobody can forge the answer, and how long for, is {@link
 * DnsClient}'s business. This one sees to it that a question which many clients have is put once,
 * that nobody is answered more than he can take, and that what is asked beyond the limits costs
 * little: a datagram is dropped, as the network might have done.
 */
final class DnsForwarder {
    private static final long MOST_CACHE_BYTES = 32 << 20;

    /** Clients that wait, over all questions. */
    private static final int MOST_WAITING = 10_000;

    private static final int MOST_CONNECTIONS = 1024;

    /** A port that is free for datagrams may be taken for connections. */
    private static final int PORTS_TO_TRY = 32;

    private static final Duration GRACE = Duration.ofSeconds(3);

    private final EventLoop loop;
    private final DnsClient client;
    private final DnsCache cache;
    private final Map<DnsQuery.Key, List<Waiting>> questions = new HashMap<>();
    private final Set<DnsConnection> connections = new HashSet<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private @Nullable UdpSocket socket;
    private @Nullable TcpServer server;
    private boolean saysWhere;
    private boolean full;
    private boolean finishing;
    private int waiting;

    /** Somebody who waits for the answer to a question. */
    private record Waiting(DnsQuery query, int most, Consumer<byte[]> reply) {}

    DnsForwarder(EventLoop loop, DnsOptions options, int cacheEntries) {
        this.loop = loop;
        client = DnsClient.on(loop, options);
        cache = new DnsCache(cacheEntries, MOST_CACHE_BYTES);
    }

    /**
     * Serves at an address from now on; port 0 lets the system choose.
     *
     * @param shared whether other loops serve there as well
     */
    InetSocketAddress open(InetSocketAddress address, boolean shared) throws IoException {
        for (int tries = PORTS_TO_TRY; ; tries--) {
            UdpSocket bound =
                    UdpSocket.bind(
                            loop, address, UdpBindOptions.builder().reusePort(shared).build());
            try {
                server = listen(bound.localAddress(), shared);
            } catch (IoException taken) {
                bound.close();
                if (address.getPort() > 0 || tries == 0) {
                    throw taken;
                }
                continue;
            }
            serve(bound);
            return bound.localAddress();
        }
    }

    private TcpServer listen(InetSocketAddress address, boolean shared) throws IoException {
        ServerOptions options = ServerOptions.builder().reusePort(shared).build();
        return TcpServer.listen(loop, address, options, this::connected);
    }

    private void serve(UdpSocket bound) {
        socket = bound;
        bound.onWritable(
                () -> {
                    full = false;
                    bound.resumeReceiving();
                });
        if (bound.localAddress().getAddress().isAnyLocalAddress()) {
            saysWhere = toldWhere(bound);
        }
        bound.receive(this::received);
    }

    /**
     * An answer has to come from the address that was asked. On a backend that cannot tell which
     * one that was the system chooses, which is right on a host that has but one.
     */
    private static boolean toldWhere(UdpSocket socket) {
        try {
            socket.options().packetInfo(true);
            return true;
        } catch (java.io.UncheckedIOException notHere) {
            return false;
        }
    }

    private void connected(TcpStream stream) {
        if (connections.size() >= MOST_CONNECTIONS || finishing) {
            stream.closeReset();
            return;
        }
        DnsConnection connection = DnsConnection.serve(this, stream);
        connections.add(connection);
        stream.onClosed(() -> connections.remove(connection));
    }

    private void received(UdpSocket from, Datagram datagram) {
        byte[] bytes = new byte[datagram.data().length()];
        datagram.data().copyTo(0, bytes, 0, bytes.length);
        DnsQuery query = datagram.isTruncated() ? null : DnsQuery.of(bytes);
        if (query == null) {
            return;
        }
        InetSocketAddress sender = datagram.sender();
        InetAddress asked = saysWhere ? datagram.localAddress() : null;
        UdpSendOptions options =
                asked == null || asked.isMulticastAddress()
                        ? UdpSendOptions.plain()
                        : UdpSendOptions.plain().from(asked);
        ask(query, query.mostUdpBytes(), answer -> reply(from, sender, options, answer));
    }

    private void reply(
            UdpSocket from, InetSocketAddress to, UdpSendOptions options, byte[] answer) {
        if (full || from.isClosing() || answer.length == 0) {
            return;
        }
        if (!from.send(ByteBuffer.wrap(answer), to, options, null)) {
            full = true;
            from.pauseReceiving();
        }
    }

    /**
     * Answers a query, now or later.
     *
     * @param most bytes of an answer
     */
    void ask(DnsQuery query, int most, Consumer<byte[]> reply) {
        if (query.isFaulty()) {
            reply.accept(query.fault());
            return;
        }
        DnsQuery.Key key = query.key();
        DnsCache.Entry known = cache.get(key, loop.now());
        if (known != null) {
            reply.accept(query.answered(known.answer(), known.age(loop.now()), most));
            return;
        }
        if (waiting == MOST_WAITING) {
            reply.accept(most == Integer.MAX_VALUE ? query.failed(Rcode.SERVFAIL) : new byte[0]);
            return;
        }
        waiting++;
        Waiting client = new Waiting(query, most, reply);
        List<Waiting> asking = questions.get(key);
        if (asking != null) {
            asking.add(client);
            return;
        }
        questions.put(key, new ArrayList<>(List.of(client)));
        this.client
                .ask(query.forwarded())
                .result()
                .whenComplete((answer, failure) -> answered(key, answer));
    }

    /** Nobody has said anything if there is no answer. */
    private void answered(DnsQuery.Key key, @Nullable Message message) {
        List<Waiting> asking = questions.remove(key);
        if (asking == null) {
            return;
        }
        DnsAnswer answer = message == null ? null : DnsAnswer.of(message);
        if (answer != null) {
            cache.put(key, answer, loop.now());
        }
        waiting -= asking.size();
        for (Waiting each : asking) {
            each.reply.accept(
                    answer == null
                            ? each.query.failed(Rcode.SERVFAIL)
                            : each.query.answered(answer, 0, each.most));
        }
        if (finishing && questions.isEmpty()) {
            finished.complete(null);
        }
    }

    /** Takes nothing new; ends when everybody is answered, or has waited for a while. */
    CompletableFuture<Void> finish() {
        finishing = true;
        if (server != null) {
            server.close();
        }
        if (socket != null && !socket.isClosing()) {
            socket.pauseReceiving();
        }
        List.copyOf(connections).forEach(DnsConnection::end);
        if (questions.isEmpty()) {
            finished.complete(null);
        } else {
            Timer.open(loop).start(GRACE, () -> finished.complete(null));
        }
        return finished;
    }

    int cached() {
        return cache.size();
    }
}
