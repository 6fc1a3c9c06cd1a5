// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.net.Lookup;
import io.millrace.spi.Code;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.Message;
import org.xbill.DNS.Resolver;

/**
 * Asks name servers on sockets of one loop: by UDP, and by TCP what does not fit (RFC 1035, 7766).
 *
 * <p>Each question has a socket of its own for each server that is asked, at a port of the system's
 * choice and connected to the server, and an identifier that nobody can guess; whatever does not
 * come from there, and does not answer this, is ignored. A server that is silent holds nobody up
 * for longer than {@link DnsOptions#patience}: then the next is asked beside it, and for a while
 * first. One that knows nothing of EDNS is asked again without.
 *
 * <p>Nothing is remembered of answers, and no name is made longer. Loop thread only.
 */
public final class DnsClient {
    private final EventLoop loop;
    private final Shared shared;

    /** What the clients of several loops have in common. Any thread. */
    static final class Shared {
        final DnsOptions options;
        final Servers servers;
        final AtomicInteger underWay = new AtomicInteger();

        Shared(DnsOptions options) {
            this.options = options;
            servers = new Servers(options.servers());
        }
    }

    DnsClient(EventLoop loop, Shared shared) {
        this.loop = loop;
        this.shared = shared;
    }

    /** Makes one. It has nothing to close: sockets are gone with their questions. */
    public static DnsClient on(EventLoop loop, DnsOptions options) {
        return new DnsClient(
                Objects.requireNonNull(loop, "loop"),
                new Shared(Objects.requireNonNull(options, "options")));
    }

    /**
     * Asks. The answer comes later, on the loop's thread, and keeps the loop running until then: it
     * says NOERROR or NXDOMAIN, or why none of the servers could say either, such as SERVFAIL. If
     * none has answered it is an {@link IoException} that lists the reason of each, with {@code
     * ETIMEDOUT} if one was silent; {@code EBUSY} if too many questions are under way.
     *
     * @param query with one question; its identifier is not used, and what the client needs of EDNS
     *     is added if there is none
     * @throws IllegalArgumentException if it is no query with a question
     * @throws IllegalStateException on another thread than the loop's, or if that is closed
     */
    public Lookup<Message> ask(Message query) {
        if (query.getQuestion() == null || query.getHeader().getFlag(org.xbill.DNS.Flags.QR)) {
            throw new IllegalArgumentException("a query has one question: " + query.getHeader());
        }
        Exchange exchange = new Exchange(this, query);
        if (shared.underWay.incrementAndGet() > options().questions()) {
            exchange.refuse(
                    Code.BUSY,
                    options().questions()
                            + " questions are under way; ask again later, or allow more with"
                            + " DnsOptions.questions");
        } else {
            exchange.begin();
        }
        return exchange;
    }

    /**
     * The same in dnsjava's words, for what it can do with a resolver, such as {@link
     * org.xbill.DNS.lookup.LookupSession}. Each stage ends on the loop's thread, whatever executor
     * is given; give it {@code loop::execute}. What the options say cannot be set otherwise.
     */
    public Resolver resolver() {
        return new ClientResolver(this);
    }

    EventLoop loop() {
        return loop;
    }

    DnsOptions options() {
        return shared.options;
    }

    Servers servers() {
        return shared.servers;
    }

    void ended() {
        shared.underWay.decrementAndGet();
    }
}
