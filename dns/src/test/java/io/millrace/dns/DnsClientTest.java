// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.net.Lookup;
import io.millrace.testkit.load.MessageServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;

/** Questions to name servers of the test's, which answer, lie, cut short, or say nothing. */
class DnsClientTest extends LoopTest {
    private static final Duration SHORT = Duration.ofMillis(5);

    private static DnsOptions.Builder options(InetSocketAddress... servers) {
        return DnsOptions.builder().servers(List.of(servers)).patience(Duration.ofMinutes(1));
    }

    private DnsClient client(InetSocketAddress... servers) {
        return DnsClient.on(loop(), options(servers).build());
    }

    private DnsClient impatient(InetSocketAddress... servers) {
        return DnsClient.on(loop(), options(servers).patience(SHORT).rounds(10).build());
    }

    private static void answer(MessageServer.Request request, String address) {
        request.reply(Messages.answerTo(Messages.parse(request), address).toWire());
    }

    private static void silence(MessageServer.Request request) {}

    @Test
    void anAnswerComesLaterOnTheLoop() throws IOException {
        DnsClient client = client(serve(request -> answer(request, "192.0.2.1")));
        Lookup<Message> lookup = client.ask(Messages.query("some.test."));
        assertFalse(lookup.result().toCompletableFuture().isDone());
        List<Boolean> inLoop = new ArrayList<>();
        lookup.result().whenComplete((answer, failure) -> inLoop.add(loop().inLoop()));
        assertEquals("192.0.2.1", Messages.text(answerOf(lookup)));
        assertEquals(List.of(true), inLoop);
    }

    @Test
    void eachQuestionHasItsOwnIdentifierAndPort() throws IOException {
        Set<Integer> identifiers = ConcurrentHashMap.newKeySet();
        Set<Integer> ports = ConcurrentHashMap.newKeySet();
        InetSocketAddress server =
                serve(
                        request -> {
                            identifiers.add(Messages.parse(request).getHeader().getID());
                            ports.add(request.from().getPort());
                            answer(request, "192.0.2.1");
                        });
        Message query = Messages.query("some.test.");
        query.getHeader().setID(7);
        for (int i = 0; i < 8; i++) {
            answerOf(client(server).ask(query));
        }
        assertTrue(identifiers.size() > 4, "of 65536 identifiers: " + identifiers);
        assertTrue(ports.size() > 1, () -> "ports " + ports);
    }

    @Test
    void whatDoesNotFitTheQuestionIsIgnored() throws IOException {
        DnsClient client =
                client(
                        serve(
                                request -> {
                                    Message query = Messages.parse(request);
                                    byte[] lie = Messages.answerTo(query, "192.0.2.66").toWire();
                                    lie[0] ^= 1;
                                    request.reply(lie);
                                    request.reply(request.bytes());
                                    request.reply(new byte[0]);
                                    request.reply(new byte[] {request.bytes()[0]});
                                    Message other = Messages.query("other.test.");
                                    other.getHeader().setID(query.getHeader().getID());
                                    request.reply(Messages.answerTo(other, "192.0.2.66").toWire());
                                    byte[] broken = Messages.answerTo(query, "192.0.2.66").toWire();
                                    broken[broken.length - 5] = 77;
                                    request.reply(broken);
                                    answer(request, "192.0.2.1");
                                }));
        assertEquals(
                "192.0.2.1", Messages.text(answerOf(client.ask(Messages.query("some.test.")))));
    }

    @Test
    void whatComesFromElsewhereIsIgnored() throws IOException {
        DnsClient client =
                client(
                        serve(
                                request -> {
                                    byte[] lie =
                                            Messages.answerTo(Messages.parse(request), "192.0.2.66")
                                                    .toWire();
                                    InetAddress loopback = request.from().getAddress();
                                    try (DatagramSocket elsewhere =
                                            new DatagramSocket(0, loopback)) {
                                        elsewhere.send(
                                                new DatagramPacket(
                                                        lie, lie.length, request.from()));
                                    } catch (IOException failure) {
                                        throw new UncheckedIOException(failure);
                                    }
                                    answer(request, "192.0.2.1");
                                }));
        assertEquals(
                "192.0.2.1", Messages.text(answerOf(client.ask(Messages.query("some.test.")))));
    }

    @Test
    void whatIsTruncatedIsAskedForAgainByTcp() throws IOException {
        Queue<Boolean> byTcp = new ConcurrentLinkedQueue<>();
        DnsClient client =
                client(
                        serve(
                                request -> {
                                    byTcp.add(request.isByTcp());
                                    Message answer = Messages.answerTo(Messages.parse(request));
                                    if (request.isByTcp()) {
                                        for (int i = 0; i < 2000; i++) {
                                            answer.addRecord(
                                                    Messages.a(
                                                            answer.getQuestion().getName(),
                                                            "10.0." + i / 250 + "." + i % 250),
                                                    Section.ANSWER);
                                        }
                                    } else {
                                        answer.getHeader().setFlag(Flags.TC);
                                    }
                                    request.reply(answer.toWire());
                                }));
        Message answer = answerOf(client.ask(Messages.query("large.test.")));
        assertEquals(2000, answer.getSection(Section.ANSWER).size());
        assertEquals(List.of(false, true), List.copyOf(byTcp));
    }

    @Test
    void aConnectionThatEndsOrBringsSomethingElseIsAFailureOfThatServer() throws IOException {
        AtomicInteger number = new AtomicInteger();
        InetSocketAddress odd =
                serve(
                        request -> {
                            Message answer = Messages.answerTo(Messages.parse(request));
                            answer.getHeader().setFlag(Flags.TC);
                            if (!request.isByTcp()) {
                                request.reply(answer.toWire());
                                return;
                            }
                            switch (number.getAndIncrement()) {
                                case 0 -> request.hangUp();
                                case 1 -> request.reply(new byte[0]);
                                case 2 -> request.reply(new byte[] {1, 2, 3});
                                default -> request.reply(Messages.query("a.test.").toWire());
                            }
                        });
        InetSocketAddress good = serve(request -> answer(request, "192.0.2.1"));
        for (int i = 0; i < 4; i++) {
            Message answer = answerOf(client(odd, good).ask(Messages.query("some.test.")));
            assertEquals("192.0.2.1", Messages.text(answer));
        }
        assertEquals(4, number.get());
        assertEquals(
                ErrorCode.EPROTO,
                failureOf(client(odd).ask(Messages.query("some.test."))).errorCode());
    }

    @Test
    void aSilentServerIsFollowedByTheNext() throws IOException {
        InetSocketAddress dead = serve(DnsClientTest::silence);
        InetSocketAddress live = serve(request -> answer(request, "192.0.2.1"));
        DnsClient client = impatient(dead, live);
        for (int i = 0; i < 10; i++) {
            assertEquals(
                    "192.0.2.1", Messages.text(answerOf(client.ask(Messages.query("some.test.")))));
        }
    }

    @Test
    void aServerThatWasSilentIsAskedLastUntilItAnswers() throws IOException {
        InetSocketAddress one = serve(DnsClientTest::silence);
        InetSocketAddress other = serve(DnsClientTest::silence);
        Servers servers = new Servers(List.of(one, other));
        assertEquals(List.of(one, other), servers.inOrder());
        servers.wasSilent(one);
        assertEquals(List.of(other, one), servers.inOrder());
        servers.answered(one);
        assertEquals(List.of(one, other), servers.inOrder());
    }

    @Test
    void anAnswerThatComesLateCountsAllTheSame() throws IOException {
        Queue<MessageServer.Request> held = new ConcurrentLinkedQueue<>();
        InetSocketAddress slow = serve(held::add);
        InetSocketAddress other = serve(request -> held.forEach(each -> answer(each, "192.0.2.9")));
        Message answer = answerOf(impatient(slow, other).ask(Messages.query("some.test.")));
        assertEquals("192.0.2.9", Messages.text(answer));
    }

    @Test
    void aServerThatRefusesIsFollowedAtOnce() throws IOException {
        try (DatagramSocket nobody = refusing()) {
            InetSocketAddress live = serve(request -> answer(request, "192.0.2.1"));
            DnsOptions patient =
                    options(addressOf(nobody), live).patience(Duration.ofMinutes(1)).build();
            Message answer =
                    answerOf(DnsClient.on(loop(), patient).ask(Messages.query("some.test.")));
            assertEquals("192.0.2.1", Messages.text(answer));
            IoException failure =
                    failureOf(client(addressOf(nobody)).ask(Messages.query("some.test.")));
            assertEquals(ErrorCode.ECONNREFUSED, failure.errorCode());
            assertTrue(String.valueOf(failure.getMessage()).contains("some.test. IN A"));
        }
    }

    @Test
    void ifAllAreSilentTheFailureSaysSoOfEach() throws IOException {
        InetSocketAddress one = serve(DnsClientTest::silence);
        InetSocketAddress other = serve(DnsClientTest::silence);
        DnsOptions options = options(one, other).patience(SHORT).rounds(2).build();
        IoException failure =
                failureOf(DnsClient.on(loop(), options).ask(Messages.query("some.test.")));
        assertEquals(ErrorCode.ETIMEDOUT, failure.errorCode());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(one + " is silent, " + other + " is silent"), message);
    }

    @Test
    void aServerThatCannotSayIsFollowedByTheNextAndIsHeardIfNoneCan() throws IOException {
        InetSocketAddress failing =
                serve(
                        request ->
                                request.reply(
                                        Messages.failureTo(Messages.parse(request), Rcode.SERVFAIL)
                                                .toWire()));
        InetSocketAddress live = serve(request -> answer(request, "192.0.2.1"));
        assertEquals(
                "192.0.2.1",
                Messages.text(answerOf(client(failing, live).ask(Messages.query("some.test.")))));
        assertEquals(
                Rcode.SERVFAIL,
                answerOf(client(failing).ask(Messages.query("some.test."))).getRcode());
    }

    @Test
    void aServerThatKnowsNoEdnsIsAskedWithout() throws IOException {
        DnsClient client =
                client(
                        serve(
                                request -> {
                                    Message query = Messages.parse(request);
                                    if (query.getOPT() == null) {
                                        answer(request, "192.0.2.1");
                                    } else {
                                        request.reply(
                                                Messages.failureTo(query, Rcode.FORMERR).toWire());
                                    }
                                }));
        assertEquals(
                "192.0.2.1", Messages.text(answerOf(client.ask(Messages.query("some.test.")))));
    }

    @Test
    void cancellingEndsItAndLeavesNothing() throws IOException {
        DnsClient client = client(serve(DnsClientTest::silence));
        Lookup<Message> lookup = client.ask(Messages.query("some.test."));
        assertTrue(lookup.cancel());
        assertFalse(lookup.cancel());
        assertFalse(lookup.result().toCompletableFuture().isDone());
        assertTrue(failureOf(lookup).isCancelled());
        assertFalse(loop().isAlive());
    }

    @Test
    void closingTheLoopEndsIt() throws IOException {
        DnsClient client = client(serve(DnsClientTest::silence));
        Lookup<Message> lookup = client.ask(Messages.query("some.test."));
        List<Throwable> ends = new ArrayList<>();
        lookup.result().whenComplete((answer, failure) -> ends.add(failure));
        loop().closeAll();
        assertEquals(1, ends.size());
        assertTrue(((IoException) ends.get(0)).isCancelled());
        assertFalse(lookup.cancel());
    }

    @Test
    void oneMoreThanMayBeUnderWayIsRefused() throws IOException {
        AtomicInteger number = new AtomicInteger();
        InetSocketAddress server =
                serve(
                        request -> {
                            if (number.getAndIncrement() > 0) {
                                answer(request, "192.0.2.1");
                            }
                        });
        DnsOptions options = options(server).questions(1).build();
        DnsClient client = DnsClient.on(loop(), options);
        Lookup<Message> first = client.ask(Messages.query("some.test."));
        Lookup<Message> second = client.ask(Messages.query("some.test."));
        until(() -> second.result().toCompletableFuture().isDone());
        first.cancel();
        assertTrue(failureOf(first).isCancelled());
        assertEquals(ErrorCode.EBUSY, failureOf(second).errorCode());
        assertNotNull(answerOf(DnsClient.on(loop(), options).ask(Messages.query("some.test."))));
    }

    @Test
    void dnsjavaLooksUpWithIt() throws IOException {
        DnsClient client = client(serve(request -> answer(request, "192.0.2.1")));
        var session =
                LookupSession.builder()
                        .resolver(client.resolver())
                        .executor(loop()::execute)
                        .build();
        var result = session.lookupAsync(Messages.name("some.test."), Type.A).toCompletableFuture();
        until(result::isDone);
        List<Record> records = result.join().getRecords();
        assertEquals("192.0.2.1", records.get(0).rdataToString());
    }

    @Test
    void whatIsNoQueryIsRefused() throws IOException {
        DnsClient client = client(serve(DnsClientTest::silence));
        assertThrows(IllegalArgumentException.class, () -> client.ask(new Message()));
        Message answer = Messages.answerTo(Messages.query("some.test."));
        assertThrows(IllegalArgumentException.class, () -> client.ask(answer));
        assertThrows(IllegalArgumentException.class, () -> options().rounds(0));
        assertThrows(IllegalArgumentException.class, () -> options().udpBytes(511));
        assertThrows(IllegalArgumentException.class, () -> options().questions(0));
        assertThrows(IllegalArgumentException.class, () -> options().patience(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () -> options(InetSocketAddress.createUnresolved("some.test", 53)));
    }
}
