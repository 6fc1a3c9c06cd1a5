// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.fixture.FakeBackend;
import io.millrace.net.Lookup;
import io.millrace.net.LoopNameLookup;
import io.millrace.net.Resolver;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A resolver without threads, over a look-up of the test's that ends when the test says so. */
@Timeout(60)
class LoopResolverTest {
    private final List<Question<?>> asked = new ArrayList<>();
    private final List<Throwable> uncaught = new ArrayList<>();
    private final EventLoop loop;
    private RuntimeException thrown;
    private final Resolver resolver =
            Resolver.open(
                    new LoopNameLookup() {
                        @Override
                        public Lookup<List<InetAddress>> addresses(EventLoop on, String host) {
                            return question(host);
                        }

                        @Override
                        public Lookup<String> name(EventLoop on, InetAddress address) {
                            return question(address.getHostAddress());
                        }
                    });

    private <T> Lookup<T> question(String subject) {
        if (thrown != null) {
            throw thrown;
        }
        Question<T> question = new Question<>(subject);
        asked.add(question);
        return question;
    }

    /** Ends as the test says. */
    private static final class Question<T> implements Lookup<T> {
        final String subject;
        final CompletableFuture<T> end = new CompletableFuture<>();
        int cancelled;
        boolean throwsAtCancel;

        Question(String subject) {
            this.subject = subject;
        }

        @Override
        public CompletionStage<T> result() {
            return end;
        }

        @Override
        public boolean cancel() {
            cancelled++;
            if (throwsAtCancel) {
                throw new IllegalStateException("on purpose");
            }
            return true;
        }
    }

    LoopResolverTest() throws IOException {
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new FakeBackend.Good())
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
    }

    @AfterEach
    void close() throws IOException {
        resolver.close();
        loop.closeAll();
    }

    private <T> T answerOf(Lookup<T> lookup) throws IOException {
        List<T> answers = new ArrayList<>();
        lookup.result().whenComplete((answer, failure) -> answers.add(answer));
        assertEquals(List.of(), answers);
        loop.run();
        assertEquals(1, answers.size());
        return answers.get(0);
    }

    private IoException failureOf(Lookup<?> lookup) throws IOException {
        List<Throwable> failures = new ArrayList<>();
        lookup.result().whenComplete((answer, failure) -> failures.add(failure));
        assertEquals(List.of(), failures);
        loop.run();
        assertEquals(1, failures.size());
        return assertInstanceOf(IoException.class, failures.get(0));
    }

    @SuppressWarnings("unchecked")
    private <T> Question<T> last() {
        return (Question<T>) asked.get(asked.size() - 1);
    }

    private static InetAddress literal(String text) throws IOException {
        return InetAddress.getByName(text);
    }

    @Test
    void theAnswerKeepsItsOrderAndComesLater() throws IOException {
        List<InetAddress> both = List.of(literal("2001:db8::2"), literal("192.0.2.1"));
        Lookup<List<InetAddress>> lookup = resolver.addresses(loop, "both");
        last().end.complete(new ArrayList<>(both));
        assertTrue(loop.isAlive());
        assertEquals(both, answerOf(lookup));
        assertFalse(loop.isAlive());
        Lookup<String> name = resolver.name(loop, literal("192.0.2.1"));
        this.<String>last().end.complete("a.name");
        assertEquals("a.name", answerOf(name));
    }

    @Test
    void whoeverEndsItFirstGivesUpWhatWasAsked() throws IOException {
        Lookup<List<InetAddress>> cancelled = resolver.addresses(loop, "cancelled");
        assertTrue(cancelled.cancel());
        assertEquals("ECANCELED", failureOf(cancelled).errorName());
        assertEquals(1, last().cancelled);
        Duration soon = Duration.ofMillis(1);
        assertEquals("ETIMEDOUT", failureOf(resolver.addresses(loop, "late", soon)).errorName());
        assertEquals(1, last().cancelled);
        Lookup<String> closed = resolver.name(loop, literal("192.0.2.1"));
        resolver.close();
        assertEquals("ECANCELED", failureOf(closed).errorName());
        assertEquals(1, last().cancelled);
        assertThrows(IllegalStateException.class, () -> resolver.addresses(loop, "more"));
    }

    @Test
    void closingTheLoopGivesUpWhatWasAsked() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        resolver.addresses(loop, "silent")
                .result()
                .whenComplete((answer, failure) -> failures.add(failure));
        loop.closeAll();
        assertTrue(((IoException) failures.get(0)).isCancelled());
        assertEquals(1, last().cancelled);
    }

    @Test
    void whateverIsThrownOrAnsweredIsAFailureWithTheNameInIt() throws IOException {
        Lookup<List<InetAddress>> unknown = resolver.addresses(loop, "unknown");
        last().end.completeExceptionally(new UnknownHostException("no such name"));
        IoException noName = failureOf(unknown);
        assertEquals("resolve unknown: EAI_NONAME: no such name", noName.getMessage());

        Lookup<List<InetAddress>> refused = resolver.addresses(loop, "refused");
        last().end
                .completeExceptionally(
                        IoException.because(Code.NAME_SERVERS_FAILED, "ask", "SERVFAIL"));
        IoException again = failureOf(refused);
        assertEquals("resolve refused: EAI_AGAIN: ask: EAI_AGAIN: SERVFAIL", again.getMessage());

        for (List<InetAddress> nonsense : Arrays.<List<InetAddress>>asList(null, List.of())) {
            Lookup<List<InetAddress>> empty = resolver.addresses(loop, "empty");
            this.<List<InetAddress>>last().end.complete(nonsense);
            assertEquals("EAI_NONAME", failureOf(empty).errorName());
        }
        Lookup<String> nameless = resolver.name(loop, literal("192.0.2.1"));
        last().end.complete(null);
        assertTrue(String.valueOf(failureOf(nameless).getMessage()).contains("192.0.2.1"));

        thrown = new IllegalStateException("on purpose");
        IoException broken = failureOf(resolver.addresses(loop, "broken"));
        assertEquals("EIO", broken.errorName());
        assertTrue(String.valueOf(broken.getMessage()).startsWith("resolve broken: "));
    }

    @Test
    void aLiteralAndWhatCannotBeANameAskNobody() throws IOException {
        assertEquals(List.of(literal("::1")), answerOf(resolver.addresses(loop, "[::1]")));
        assertEquals("EINVAL", failureOf(resolver.addresses(loop, "127.1")).errorName());
        assertEquals(List.of(), asked);
    }

    @Test
    void whatThrowsWhenItIsCancelledKeepsNoOutcomeBack() throws IOException {
        Lookup<List<InetAddress>> lookup = resolver.addresses(loop, "stubborn");
        last().throwsAtCancel = true;
        lookup.cancel();
        assertEquals("ECANCELED", failureOf(lookup).errorName());
        assertEquals(1, uncaught.size());
    }
}
