// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.fixture.FakeBackend;
import io.millrace.net.Lookup;
import io.millrace.net.NameLookup;
import io.millrace.net.Resolver;
import io.millrace.net.ResolverOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Look-ups with a name server that answers when the test says so. Nothing waits for a clock. */
@Timeout(60)
class ResolverTest {
    private static final InetAddress FIRST = literal("192.0.2.1");
    private static final InetAddress SECOND = literal("2001:db8::2");

    private final Server server = new Server();
    private final EventLoop loop;
    private final List<String> journal = new ArrayList<>();
    private Resolver resolver;

    ResolverTest() throws IOException {
        loop = EventLoop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build());
        resolver = open(2, 1);
    }

    private Resolver open(int threads, int queue) {
        return Resolver.open(
                ResolverOptions.builder().threads(threads).queue(queue).lookup(server).build());
    }

    @AfterEach
    void close() throws IOException {
        server.mayAnswer.release(1000);
        resolver.close();
        loop.closeAll();
    }

    private <T> Lookup<T> watched(String name, Lookup<T> lookup) {
        lookup.result()
                .whenComplete(
                        (answer, failure) -> {
                            assertTrue(loop.inLoop());
                            journal.add(
                                    name
                                            + " "
                                            + (failure instanceof IoException io
                                                    ? io.errorName()
                                                    : failure == null ? answer : failure));
                        });
        return lookup;
    }

    private Lookup<List<InetAddress>> ask(String host) {
        return watched(host, resolver.addresses(loop, host));
    }

    private IoException failureOf(Lookup<?> lookup) throws IOException {
        List<Throwable> failures = new ArrayList<>();
        lookup.result().whenComplete((answer, failure) -> failures.add(failure));
        loop.run();
        assertEquals(1, failures.size());
        return assertInstanceOf(IoException.class, failures.get(0));
    }

    @Test
    void theAnswerKeepsItsOrderAndComesLater() throws IOException {
        server.mayAnswer.release();
        server.hosts.put("both", List.of(SECOND, FIRST));
        ask("both");
        assertEquals(List.of(), journal);
        assertTrue(loop.isAlive());
        assertFalse(loop.run());
        assertEquals(List.of("both " + List.of(SECOND, FIRST)), journal);
    }

    @Test
    void aLiteralAsksNobodyAndNeedsNoThread() throws IOException {
        resolver = open(1, 1);
        ask("192.0.2.1");
        ask("[2001:db8::2]");
        assertEquals(List.of(), journal);
        loop.run();
        assertEquals(
                List.of("192.0.2.1 " + List.of(FIRST), "[2001:db8::2] " + List.of(SECOND)),
                journal);
        assertEquals(0, server.asked.size());
        assertTrue(resolver.toString().startsWith("Resolver[0 of 1"), resolver::toString);
    }

    @Test
    void aNameThatIsNotFoundIsInItsFailure() throws IOException {
        server.mayAnswer.release();
        IoException failure = failureOf(resolver.addresses(loop, "no.such"));
        assertEquals("EAI_NONAME", failure.errorName());
        assertEquals(
                "resolve no.such: EAI_NONAME: Name or service not known", failure.getMessage());
        assertInstanceOf(UnknownHostException.class, failure.getCause());
    }

    @Test
    void whatCannotBeANameFailsAndAsksNobody() throws IOException {
        IoException failure = failureOf(resolver.addresses(loop, "127.1"));
        assertEquals("EINVAL", failure.errorName());
        assertTrue(String.valueOf(failure.getMessage()).contains("127.1"));
        assertEquals(0, server.asked.size());
    }

    @Test
    void whateverALookUpThrowsOrLeavesOutIsAFailureWithTheNameInIt() throws IOException {
        server.mayAnswer.release(4);
        server.breaksWith = new StackOverflowError("on purpose");
        IoException broken = failureOf(resolver.addresses(loop, "deep"));
        assertEquals("EIO", broken.errorName());
        assertSame(server.breaksWith, broken.getCause());
        assertTrue(String.valueOf(broken.getMessage()).startsWith("resolve deep: "));
        server.breaksWith = null;
        server.hosts.put("empty", List.of());
        assertEquals("EAI_NONAME", failureOf(resolver.addresses(loop, "empty")).errorName());
        assertEquals(
                "name of 192.0.2.1: EAI_NONAME: it has no name",
                failureOf(resolver.name(loop, FIRST)).getMessage());
    }

    /** Its thread could not make a message of it, and nobody heard of the look-up again. */
    @Test
    void aFailureThatCannotSayWhatItIsIsTheOutcome() throws IOException {
        server.mayAnswer.release();
        server.failsWith =
                new UnknownHostException() {
                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("on purpose");
                    }
                };
        List<Throwable> failures = new ArrayList<>();
        resolver.addresses(loop, "mute")
                .result()
                .whenComplete((answer, failure) -> failures.add(failure));
        loop.run();
        assertEquals(List.of(server.failsWith), failures);
    }

    @Test
    void anAddressHasAName() throws IOException {
        server.mayAnswer.release();
        server.hosts.put("first.example", List.of(FIRST));
        watched("name", resolver.name(loop, FIRST));
        loop.run();
        assertEquals(List.of("name first.example"), journal);
    }

    @Test
    void whoFindsAllThreadsBusyWaitsAndTheNextOneIsRefused() throws Exception {
        server.hosts.put("a", List.of(FIRST));
        server.hosts.put("b", List.of(FIRST));
        server.hosts.put("c", List.of(FIRST));
        ask("a");
        ask("b");
        server.awaitAsked(2);
        ask("c");
        IoException refusal = failureOfNow(resolver.addresses(loop, "d"));
        assertEquals("EBUSY", refusal.errorName());
        assertTrue(String.valueOf(refusal.getMessage()).startsWith("resolve d: EBUSY: 2 look-ups"));
        server.mayAnswer.release(3);
        loop.run();
        assertEquals(3, journal.size());
    }

    /** Of a look-up that ends while others do not. */
    private IoException failureOfNow(Lookup<?> lookup) throws IOException {
        List<Throwable> failures = new ArrayList<>();
        lookup.result().whenComplete((answer, failure) -> failures.add(failure));
        while (failures.isEmpty()) {
            loop.run(RunMode.ONCE);
        }
        return assertInstanceOf(IoException.class, failures.get(0));
    }

    @Test
    void cancellingEndsAtOnceWhetherQueuedOrUnderWayAndMakesRoom() throws Exception {
        Lookup<?> running = ask("a");
        ask("b");
        server.awaitAsked(2);
        Lookup<?> queued = ask("c");
        assertTrue(queued.cancel());
        assertFalse(queued.cancel());
        ask("d");
        assertTrue(running.cancel());
        loop.run(RunMode.ONCE);
        assertEquals(List.of("c ECANCELED", "a ECANCELED"), journal);
        server.mayAnswer.release(3);
        loop.run();
        assertEquals(
                List.of("c ECANCELED", "a ECANCELED", "b EAI_NONAME", "d EAI_NONAME"), sorted());
        assertFalse(server.asked.contains("c"));
    }

    /** In which order the threads answer is nobody's business. */
    private List<String> sorted() {
        List<String> lines = new ArrayList<>(journal);
        lines.subList(2, lines.size()).sort(null);
        return lines;
    }

    @Test
    void anotherThreadMayCancel() throws Exception {
        Lookup<?> lookup = ask("a");
        Thread other = new Thread(lookup::cancel);
        other.start();
        loop.run();
        other.join();
        assertEquals(List.of("a ECANCELED"), journal);
    }

    @Test
    void aDeadlineEndsItWhereverItIs() throws Exception {
        resolver = open(1, 8);
        Duration soon = Duration.ofMillis(1);
        watched("running", resolver.addresses(loop, "a", soon));
        watched("queued", resolver.addresses(loop, "b", soon));
        IoException late = failureOf(resolver.addresses(loop, "c", soon));
        assertEquals("resolve c: ETIMEDOUT: no answer within PT0.001S", late.getMessage());
        assertEquals(List.of("running ETIMEDOUT", "queued ETIMEDOUT"), journal);
        assertTrue(resolver.toString().contains("threads look names up, 0 wait"));
    }

    @Test
    void closingTheLoopWaitsForNoNameServer() throws Exception {
        ask("a");
        server.awaitAsked(1);
        assertThrows(IllegalStateException.class, loop::close);
        loop.closeAll();
        assertEquals(List.of("a ECANCELED"), journal);
        assertThrows(IllegalStateException.class, () -> resolver.addresses(loop, "b"));
    }

    @Test
    void closingTheResolverEndsWhatIsUnderWay() throws Exception {
        ask("a");
        ask("b");
        server.awaitAsked(2);
        ask("c");
        Thread closer = new Thread(resolver::close);
        closer.start();
        loop.run();
        closer.join();
        journal.sort(null);
        assertEquals(List.of("a ECANCELED", "b ECANCELED", "c ECANCELED"), journal);
        assertThrows(IllegalStateException.class, () -> resolver.addresses(loop, "d"));
        assertFalse(loop.isAlive());
    }

    @Test
    void twoLoopsShareOneAndEachHearsItsOwn() throws Exception {
        EventLoop other =
                EventLoop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build());
        server.hosts.put("a", List.of(FIRST));
        server.mayAnswer.release(2);
        ask("a");
        List<Object> heard = new ArrayList<>();
        resolver.addresses(other, "a").result().thenAccept(heard::add);
        loop.run();
        other.run();
        assertEquals(List.of(List.of(FIRST)), heard);
        assertEquals(1, journal.size());
        other.close();
    }

    @Test
    void theSharedResolverIsNotClosed() {
        assertThrows(IllegalStateException.class, () -> Resolver.system().close());
        assertSame(Resolver.system(), Resolver.system());
    }

    @Test
    void whatCannotBeIsRefused() {
        ResolverOptions.Builder builder = ResolverOptions.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.threads(0));
        assertThrows(IllegalArgumentException.class, () -> builder.threads(1025));
        assertThrows(IllegalArgumentException.class, () -> builder.queue(0));
        Duration negative = Duration.ofNanos(-1);
        assertThrows(IllegalArgumentException.class, () -> resolver.addresses(loop, "a", negative));
        assertThrows(IllegalArgumentException.class, () -> resolver.name(loop, FIRST, negative));
        assertFalse(loop.isAlive());
    }

    @Test
    void theSystemKnowsItself() throws IOException {
        watched("here", Resolver.system().addresses(loop, "localhost"));
        loop.run();
        assertTrue(journal.get(0).matches("here \\[localhost/.*"), journal::toString);
    }

    private static InetAddress literal(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Blocks each question until it may answer, and counts them. */
    private static final class Server implements NameLookup {
        final Semaphore mayAnswer = new Semaphore(0);
        final Map<String, List<InetAddress>> hosts = new ConcurrentHashMap<>();
        final List<String> asked = new CopyOnWriteArrayList<>();
        private final Semaphore questions = new Semaphore(0);
        volatile Error breaksWith;
        volatile UnknownHostException failsWith;

        void awaitAsked(int count) throws InterruptedException {
            questions.acquire(count);
        }

        private void ask(String what) throws UnknownHostException {
            asked.add(what);
            questions.release();
            try {
                mayAnswer.acquire();
            } catch (InterruptedException closed) {
                throw new UnknownHostException("interrupted");
            }
            if (breaksWith != null) {
                throw breaksWith;
            }
            if (failsWith != null) {
                throw failsWith;
            }
        }

        @Override
        public List<InetAddress> addresses(String host) throws UnknownHostException {
            ask(host);
            List<InetAddress> found = hosts.get(host);
            if (found == null) {
                throw new UnknownHostException(host + ": Name or service not known");
            }
            return found;
        }

        @Override
        public String name(InetAddress address) throws UnknownHostException {
            ask(address.getHostAddress());
            return hosts.entrySet().stream()
                    .filter(each -> each.getValue().contains(address))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow(() -> new UnknownHostException("it has no name"));
        }
    }
}
