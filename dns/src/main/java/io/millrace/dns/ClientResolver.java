// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.net.Lookup;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TSIG;

/** A client as dnsjava knows resolvers. Loop thread only. */
final class ClientResolver implements Resolver {
    private final DnsClient client;

    /** What was asked by way of this one, and has not ended. */
    private final Set<Lookup<Message>> underWay = new LinkedHashSet<>();

    ClientResolver(DnsClient client) {
        this.client = client;
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query) {
        Lookup<Message> lookup = client.ask(query);
        underWay.add(lookup);
        return lookup.result().whenComplete((answer, failure) -> underWay.remove(lookup));
    }

    void cancel() {
        List.copyOf(underWay).forEach(Lookup::cancel);
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        return sendAsync(query);
    }

    private static UnsupportedOperationException fixed(String what) {
        return new UnsupportedOperationException(what + " is said by DnsOptions, for good");
    }

    @Override
    public void setPort(int port) {
        throw fixed("the port");
    }

    @Override
    public void setTCP(boolean on) {
        throw fixed("when TCP is used");
    }

    @Override
    public void setIgnoreTruncation(boolean on) {
        throw fixed("what happens to truncated answers");
    }

    @Override
    public void setEDNS(int version, int bytes, int flags, List<EDNSOption> options) {
        throw fixed("EDNS");
    }

    /** None is what it has. */
    @Override
    public void setTSIGKey(@Nullable TSIG key) {
        if (key != null) {
            throw new UnsupportedOperationException("signed queries are not supported here");
        }
    }

    @Override
    public void setTimeout(Duration time) {
        throw fixed("patience");
    }

    @Override
    public Duration getTimeout() {
        return client.options().patience();
    }

    @Override
    public String toString() {
        return "DnsClient" + client.options().servers();
    }
}
