// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Delivery;
import io.millrace.internal.loop.IoDeadline;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.internal.loop.TimerNode;
import io.millrace.net.ConnectOptions;
import io.millrace.net.HostConnect;
import io.millrace.net.Lookup;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import io.millrace.spi.Log;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a host in the manner of RFC 8305: one address after the other, of both families in
 * turn, the next one when the last has failed or has gone unanswered for a while, and the first
 * that answers wins. The one implementation of {@link HostConnect}.
 *
 * <p>An attempt is a stream of its own, which its owner can never see unless it wins: so whatever
 * holds of a connect by address holds here. All addresses come at once, since that is how systems
 * answer; the RFC's delay between the answers for the two families has no use then.
 *
 * <p>Nothing ends on the caller's stack: the answer of the look-up, even if it is there at once,
 * comes back through the loop's tasks.
 */
public final class HappyEyeballs extends LoopHandle implements HostConnect {
    private final String host;
    private final int port;
    private final ConnectOptions options;
    private final LoopFuture<TcpStream> stream;
    private final long attemptDelayNanos;
    private final Stagger stagger = new Stagger();
    private final Deadline deadline;
    private final Answer answer;

    /** Attempts under way, in order. */
    private final Map<TcpSocketStream, InetSocketAddress> attempts = new LinkedHashMap<>();

    /**
     * Why those that have ended did, in the order of the attempts' ends. A list: to the JDK
     * addresses are equal that differ in their scope.
     */
    private final List<Failed> failures = new ArrayList<>();

    /** Where to connect to, in order, and which of them comes next. Null before it is known. */
    private @Nullable List<InetSocketAddress> addresses;

    private int next;
    private @Nullable Lookup<List<InetAddress>> lookup;
    private boolean ended;

    /** An attempt that has ended. */
    private record Failed(InetSocketAddress address, Throwable why) {}

    private HappyEyeballs(Loop loop, String host, int port, ConnectOptions options) {
        super(loop);
        this.host = host;
        this.port = port;
        this.options = options;
        stream = new LoopFuture<>(loop);
        // Half the range of a long, so that differences of deadlines never overflow.
        attemptDelayNanos = Math.min(LoopTimer.nanos(options.attemptDelay()), Long.MAX_VALUE / 2);
        deadline = new Deadline();
        answer = new Answer(loop);
    }

    public static HappyEyeballs connect(Loop loop, String host, int port, ConnectOptions options) {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(options, "options");
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("a port is from 0 to 65535, not " + port);
        }
        HappyEyeballs connect = new HappyEyeballs(loop, host, port, options);
        connect.join();
        connect.begin();
        return connect;
    }

    private void begin() {
        setActive(true);
        loop().handles.requestBegins();
        long limitNanos = LoopTimer.nanos(options.deadline());
        try {
            if (limitNanos > 0) {
                deadline.startIn(limitNanos);
            }
            lookup = options.resolver().addresses(loop(), host, options.deadline());
            lookup.result().whenComplete(this::answered);
        } catch (RuntimeException | Error failure) {
            answered(null, failure);
        }
    }

    @Override
    public CompletionStage<TcpStream> stream() {
        loop().check("stream");
        return stream;
    }

    /** Any thread: a resolver of the user's may use what it likes. Once, as a stage ends once. */
    private void answered(@Nullable List<InetAddress> found, @Nullable Throwable failure) {
        if (!answer.isGiven.compareAndSet(false, true)) {
            return;
        }
        answer.found = found;
        answer.failure = failure;
        try {
            loop().deliver(answer);
        } catch (RejectedExecutionException closed) {
            // The loop was let go of, and this handle with it.
            return;
        }
    }

    /** The answer of the look-up, on its way to the loop. */
    private final class Answer extends Delivery {
        private final AtomicBoolean isGiven = new AtomicBoolean();
        private @Nullable List<InetAddress> found;
        private @Nullable Throwable failure;

        Answer(Loop loop) {
            super(loop);
        }

        @Override
        public void run() {
            try {
                hear(found, failure);
            } catch (Throwable unheard) {
                fail(explained(unheard));
            }
        }
    }

    private void hear(@Nullable List<InetAddress> found, @Nullable Throwable failure) {
        lookup = null;
        if (ended) {
            return;
        }
        if (failure != null) {
            fail(explained(failure));
            return;
        }
        List<InetSocketAddress> usable = found == null ? List.of() : interleaved(found);
        if (usable.isEmpty()) {
            fail(failure(Code.HOST_NOT_FOUND, "the resolver found no address", null));
            return;
        }
        addresses = usable;
        tryNext();
    }

    /** Each once, scope and all; families in turn, beginning with that of the first. */
    private List<InetSocketAddress> interleaved(List<InetAddress> found) {
        List<InetAddress> first = new ArrayList<>();
        List<InetAddress> second = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (InetAddress each : found) {
            if (each != null && seen.add(each.getHostAddress())) {
                boolean like = first.isEmpty() || first.get(0).getClass() == each.getClass();
                (like ? first : second).add(each);
            }
        }
        List<InetSocketAddress> order = new ArrayList<>();
        for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
            if (i < first.size()) {
                order.add(new InetSocketAddress(first.get(i), port));
            }
            if (i < second.size()) {
                order.add(new InetSocketAddress(second.get(i), port));
            }
        }
        return order;
    }

    /** Begins the next attempt, if there is one left; the one after it follows in a while. */
    private void tryNext() {
        List<InetSocketAddress> all = Objects.requireNonNull(addresses);
        loop().timers.stop(stagger);
        if (next == all.size()) {
            return;
        }
        InetSocketAddress address = all.get(next++);
        try {
            attempt(address);
        } catch (Throwable failure) {
            fail(failure);
        }
        if (!ended && next < all.size()) {
            loop().timers.start(stagger, loop().clock.now() + attemptDelayNanos);
        }
    }

    private void attempt(InetSocketAddress address) {
        TcpSocketStream attempt = TcpSocketStream.open(loop());
        attempts.put(attempt, address);
        options.configure().accept(attempt);
        if (ended) {
            return;
        }
        if (attempt.isOpen()) {
            attempt.connect(address)
                    .whenComplete((connected, failure) -> attempted(attempt, failure));
        } else {
            fail(failure(Code.CANCELLED, "ConnectOptions.configure closed the stream", null));
        }
    }

    private void attempted(TcpSocketStream attempt, @Nullable Throwable failure) {
        InetSocketAddress address = attempts.remove(attempt);
        if (ended || address == null) {
            return;
        }
        if (failure == null) {
            end();
            stream.complete(attempt);
            return;
        }
        attempt.close();
        failures.add(new Failed(address, failure));
        tryNext();
        if (attempts.isEmpty() && !ended) {
            fail(noneConnected());
        }
    }

    private void fail(Throwable failure) {
        if (!ended) {
            end();
            stream.completeExceptionally(failure);
        }
    }

    /** Lets go of everything but the winner, and of itself; the outcome is to be told next. */
    private void end() {
        ended = true;
        loop().timers.stop(stagger);
        deadline.stop();
        Lookup<List<InetAddress>> asked = lookup;
        lookup = null;
        for (TcpSocketStream each : List.copyOf(attempts.keySet())) {
            each.close();
        }
        attempts.clear();
        loop().handles.requestEnds();
        close();
        if (asked != null) {
            cancel(asked);
        }
    }

    /** A resolver of the user's that throws here is told of, and changes nothing. */
    private void cancel(Lookup<?> asked) {
        try {
            asked.cancel();
        } catch (Throwable failure) {
            loop().guard.failed(this, failure);
        }
    }

    @Override
    public void startClosing() {
        released();
        if (!ended) {
            end();
            cancelled = true;
        }
    }

    /** Whether the stage is still to hear that the handle was closed. */
    private boolean cancelled;

    @Override
    public void finishOperations() {
        if (cancelled) {
            stream.completeExceptionally(failure(Code.CANCELLED, "it was closed", null));
        }
    }

    /** Whatever was thrown, which may be of the user's and unable to say what it is. */
    private Throwable explained(Throwable failure) {
        try {
            return unresolved(failure);
        } catch (Throwable unable) {
            return failure;
        }
    }

    private IoException unresolved(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        int code = cause instanceof IoException said ? said.code() : Code.IO_ERROR;
        String why =
                cause instanceof IoException
                        ? String.valueOf(cause.getMessage())
                        : Log.describe(cause);
        return failure(code, why, cause);
    }

    /** The reason of the first, which is the one that would have been best. */
    private IoException noneConnected() {
        Throwable first = failures.get(0).why;
        int code = first instanceof IoException said ? said.code() : Code.IO_ERROR;
        return withReasons(failure(code, "no address could be connected to: " + reasons(), null));
    }

    private IoException late() {
        StringBuilder why = new StringBuilder("not connected within ").append(options.deadline());
        if (addresses == null) {
            why.append(", no address is known yet");
        } else {
            why.append(failures.isEmpty() ? "" : ": " + reasons());
            why.append("; unanswered: ").append(joined(attempts.values()));
            if (next < addresses.size()) {
                why.append("; not tried: ")
                        .append(joined(addresses.subList(next, addresses.size())));
            }
        }
        return withReasons(failure(Code.TIMED_OUT, why.toString(), null));
    }

    private IoException withReasons(IoException failure) {
        failures.forEach(each -> failure.addSuppressed(each.why));
        return failure;
    }

    /** Each reason once, with the addresses that had it. */
    private String reasons() {
        Map<String, List<InetSocketAddress>> byReason = new LinkedHashMap<>();
        for (Failed each : failures) {
            byReason.computeIfAbsent(reason(each.why), key -> new ArrayList<>()).add(each.address);
        }
        List<String> parts = new ArrayList<>();
        byReason.forEach((reason, places) -> parts.add(reason + " at " + joined(places)));
        return String.join("; ", parts);
    }

    private static String reason(Throwable failure) {
        return failure instanceof IoException said
                ? Code.name(said.code()) + " (" + Code.describe(said.code()) + ")"
                : failure.toString();
    }

    private static String joined(Iterable<InetSocketAddress> addresses) {
        List<String> texts = new ArrayList<>();
        addresses.forEach(
                each -> {
                    String text = each.getAddress().getHostAddress();
                    texts.add(text.indexOf(':') < 0 ? text : "[" + text + "]");
                });
        return String.join(", ", texts);
    }

    private IoException failure(int code, String why, @Nullable Throwable cause) {
        return IoException.withMessage(
                code,
                "connect",
                null,
                null,
                0,
                "connect " + host + ":" + port + ": " + Code.name(code) + ": " + why,
                cause);
    }

    @Override
    public String details() {
        return " " + host + ":" + port;
    }

    /** When the next address has its turn although the last one has not failed. */
    private final class Stagger extends TimerNode {
        @Override
        public void expire() {
            tryNext();
        }

        @Override
        public void failed(Throwable failure) {
            loop().guard.failed(HappyEyeballs.this, failure);
        }
    }

    /** Of look-up and attempts together. */
    private final class Deadline extends IoDeadline {
        Deadline() {
            super(loop());
        }

        @Override
        public boolean isDue(long time) {
            return !ended;
        }

        @Override
        public boolean isAsked(long time) {
            return true;
        }

        @Override
        public void notDue() {}

        @Override
        public void over(long time) {
            fail(late());
        }

        @Override
        public void failed(Throwable failure) {
            loop().guard.failed(HappyEyeballs.this, failure);
        }
    }
}
