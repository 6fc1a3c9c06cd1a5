// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.Lookup;
import io.millrace.spi.Code;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * One query, until a server has answered it. Servers are asked one after the other, the next one
 * when the last has said no or has been silent for a while; nobody stops listening to the others
 * because of that, and the first answer counts. Loop thread only, but for {@link #cancel}.
 */
final class Exchange implements Lookup<Message> {
    private final DnsClient client;
    private final Message query;
    private final CompletableFuture<Message> result = new CompletableFuture<>();
    private final AtomicBoolean decided = new AtomicBoolean();
    private final List<InetSocketAddress> servers;
    private final List<Attempt> attempts = new ArrayList<>();
    private final Timer timer;

    /** Of servers that have said no, and are not asked again. */
    private final Map<InetSocketAddress, IoException> failures = new LinkedHashMap<>();

    /** What one has answered that could not; null if none did. */
    private @Nullable Message refusal;

    private @Nullable InetSocketAddress lastAsked;
    private int begun;

    Exchange(DnsClient client, Message query) {
        this.client = client;
        this.query = query;
        servers = client.servers().inOrder();
        timer = Timer.open(client.loop());
        timer.onClosed(this::socketClosed);
    }

    EventLoop loop() {
        return client.loop();
    }

    @Override
    public CompletionStage<Message> result() {
        return result;
    }

    @Override
    public String toString() {
        Record asked = query.getQuestion();
        return "ask "
                + asked.getName()
                + " "
                + DClass.string(asked.getDClass())
                + " "
                + Type.string(asked.getType());
    }

    void begin() {
        next();
    }

    /** Ends it before it has begun. */
    void refuse(int code, String why) {
        end(null, failure(code, why));
    }

    /** Asks the next server; if there is none left, waits for those that were asked. */
    private void next() {
        InetSocketAddress server = following();
        while (server != null) {
            int round = (begun - 1) / servers.size();
            if (start(server, client.options().udpBytes())) {
                timer.startNanos(client.options().patience().toNanos() << round, this::silent);
                return;
            }
            server = following();
        }
        if (attempts.isEmpty()) {
            giveUp();
        }
    }

    private @Nullable InetSocketAddress following() {
        int rounds = attempts.isEmpty() && begun >= servers.size() ? 1 : client.options().rounds();
        while (begun < rounds * servers.size()) {
            InetSocketAddress server = servers.get(begun % servers.size());
            begun++;
            if (!failures.containsKey(server)) {
                lastAsked = server;
                return server;
            }
        }
        return null;
    }

    /** Begins an attempt; answers whether it is under way. */
    private boolean start(InetSocketAddress server, int udpBytes) {
        Question question = Question.of(query, udpBytes);
        Attempt attempt =
                question.wire().length > client.options().udpBytes()
                        ? new TcpAttempt(this, server, question)
                        : new UdpAttempt(this, server, question);
        return start(attempt);
    }

    private boolean start(Attempt attempt) {
        attempts.add(attempt);
        try {
            attempt.begin();
        } catch (IoException failure) {
            forget(attempt);
            if (failure.code() == Code.NOT_SUPPORTED && attempt instanceof UdpAttempt) {
                return start(new TcpAttempt(this, attempt.server, attempt.question));
            }
            failures.put(attempt.server, failure);
            return false;
        }
        return true;
    }

    private void forget(Attempt attempt) {
        attempts.remove(attempt);
        attempt.end();
    }

    private void silent() {
        if (lastAsked != null && !failures.containsKey(lastAsked)) {
            client.servers().wasSilent(lastAsked);
        }
        if (begun >= servers.size() * client.options().rounds()) {
            giveUp();
        } else {
            next();
            if (!timer.isActive() && !decided.get()) {
                giveUp();
            }
        }
    }

    void failed(Attempt attempt, IoException failure) {
        forget(attempt);
        failures.put(attempt.server, failure);
        if (attempts.isEmpty() || begun < servers.size()) {
            next();
        }
    }

    /** The rest comes by TCP, from the same server, which has earned some more patience. */
    void truncated(Attempt attempt) {
        forget(attempt);
        timer.startNanos(client.options().patience().toNanos(), this::silent);
        start(new TcpAttempt(this, attempt.server, attempt.question));
    }

    void answered(Attempt attempt, Message answer) {
        client.servers().answered(attempt.server);
        int code = answer.getRcode();
        if (code == Rcode.NOERROR || code == Rcode.NXDOMAIN) {
            end(answer, null);
            return;
        }
        boolean maybeEdns = code == Rcode.FORMERR || code == Rcode.NOTIMP || code == Rcode.BADVERS;
        if (maybeEdns && attempt.question.hasEdns()) {
            forget(attempt);
            start(attempt.server, 0);
            return;
        }
        refusal = answer;
        failed(attempt, IoException.because(Code.PROTOCOL_ERROR, "answer", Rcode.string(code)));
    }

    /**
     * In the next turn, whose poll comes before: if the loop itself was late, the answer may be
     * there.
     */
    private void giveUp() {
        try {
            loop().execute(
                            () -> {
                                Message said = refusal;
                                end(said, said == null ? noAnswer() : null);
                            });
        } catch (RejectedExecutionException closed) {
            socketClosed();
        }
    }

    private IoException noAnswer() {
        int code = Code.TIMED_OUT;
        List<String> reasons = new ArrayList<>();
        for (InetSocketAddress server : servers) {
            IoException failure = failures.get(server);
            reasons.add(server + (failure == null ? " is silent" : " " + failure.getMessage()));
            if (failure != null && failures.size() == servers.size()) {
                code = failure.code();
            }
        }
        return failure(code, "no name server has answered: " + String.join(", ", reasons));
    }

    private IoException failure(int code, String why) {
        return IoException.withMessage(
                code, "ask", null, null, 0, this + ": " + Code.name(code) + ": " + why, null);
    }

    /** Everybody has to close when the loop does. */
    void socketClosed() {
        if (decided.compareAndSet(false, true)) {
            finish(null, failure(Code.CANCELLED, "its loop is closing"));
        }
    }

    @Override
    public boolean cancel() {
        return end(null, failure(Code.CANCELLED, "it was cancelled"));
    }

    /** Any thread: the first end counts, and is told by the loop later. */
    private boolean end(@Nullable Message answer, @Nullable IoException failure) {
        if (!decided.compareAndSet(false, true)) {
            return false;
        }
        try {
            loop().execute(() -> finish(answer, failure));
        } catch (RejectedExecutionException closed) {
            // Its sockets were closed with the loop, so nobody else is going to say so.
            finish(answer, failure);
        }
        return true;
    }

    private void finish(@Nullable Message answer, @Nullable IoException failure) {
        client.ended();
        if (!loop().isClosed()) {
            timer.close();
            attempts.forEach(Attempt::end);
        }
        attempts.clear();
        if (answer != null) {
            result.complete(answer);
        } else {
            result.completeExceptionally(failure);
        }
    }
}
