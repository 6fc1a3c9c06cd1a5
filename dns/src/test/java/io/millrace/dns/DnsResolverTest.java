// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.net.ConnectOptions;
import io.millrace.net.HostConnect;
import io.millrace.net.Lookup;
import io.millrace.net.Resolver;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.load.MessageServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Names looked up at a name server of the test's, which knows a zone file. */
class DnsResolverTest extends LoopTest {
    private static final String ZONE =
            """
            both.test.      60 IN AAAA  2001:db8::2
            both.test.      60 IN AAAA  2001:db8::1
            both.test.      60 IN A     192.0.2.2
            both.test.      60 IN A     192.0.2.1
            four.test.      60 IN A     192.0.2.4
            www.four.test.  60 IN CNAME four.test.
            short.second.test. 60 IN A  192.0.2.5
            a.b.first.test. 60 IN A     192.0.2.6
            a.b.            60 IN A     192.0.2.7
            mail.test.      60 IN MX    5 four.test.
            4.2.0.192.in-addr.arpa. 60 IN PTR four.test.
            """;

    private final Map<String, List<Record>> zone = new ConcurrentHashMap<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final List<Resolver> resolvers = new ArrayList<>();

    @TempDir private Path directory;

    @AfterEach
    void closeResolvers() {
        resolvers.forEach(Resolver::close);
    }

    private Resolver open() throws IOException {
        return open(options());
    }

    private Resolver open(DnsOptions.Builder options) {
        // As if all were reached from an address of the same kind, whatever this host has.
        Resolver resolver = DnsResolver.open(options.build(), new AddressOrder(each -> each));
        resolvers.add(resolver);
        return resolver;
    }

    private DnsOptions.Builder options() throws IOException {
        Master reader =
                new Master(
                        new ByteArrayInputStream(ZONE.getBytes(StandardCharsets.US_ASCII)),
                        Name.root,
                        60);
        for (Record each = reader.nextRecord(); each != null; each = reader.nextRecord()) {
            zone.computeIfAbsent(key(each.getName()), name -> new ArrayList<>()).add(each);
        }
        return DnsOptions.builder()
                .servers(List.of(serve(this::answer)))
                .searchDomains(List.of("first.test", "second.test."))
                .hostsFile(null)
                .resolutionDelay(Duration.ofMinutes(1))
                .patience(Duration.ofMinutes(1));
    }

    private static String key(Name name) {
        return name.toString();
    }

    private void answer(MessageServer.Request request) {
        Message query = Messages.parse(request);
        Record question = query.getQuestion();
        String name = key(question.getName());
        asked.add(name + " " + Type.string(question.getType()));
        boolean isLate = name.startsWith("late") && question.getType() == Type.AAAA;
        if (name.startsWith("silent") || isLate) {
            return;
        }
        if (name.startsWith("failing")
                || (name.startsWith("half") && question.getType() == Type.AAAA)) {
            request.reply(Messages.failureTo(query, Rcode.SERVFAIL).toWire());
            return;
        }
        Message answer = Messages.answerTo(query);
        if (name.startsWith("half") || name.startsWith("late")) {
            answer.addRecord(Messages.a(question.getName(), "192.0.2.8"), Section.ANSWER);
        }
        if (name.startsWith("late.twice")) {
            answer.addRecord(Messages.a(question.getName(), "192.0.2.9"), Section.ANSWER);
        }
        List<Record> known = zone.get(name);
        if (known == null && !name.startsWith("half") && !name.startsWith("late")) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        }
        for (Record each : known == null ? List.<Record>of() : known) {
            if (each.getType() == question.getType() || each.getType() == Type.CNAME) {
                answer.addRecord(each, Section.ANSWER);
            }
        }
        request.reply(answer.toWire());
    }

    private List<String> addresses(Resolver resolver, String host) throws IOException {
        return answerOf(resolver.addresses(loop(), host)).stream()
                .map(InetAddress::getHostAddress)
                .toList();
    }

    private String failure(Resolver resolver, String host) throws IOException {
        IoException failure = failureOf(resolver.addresses(loop(), host));
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.startsWith("resolve " + host + ": "), message);
        return failure.errorName();
    }

    @Test
    void bothFamiliesAreAnsweredInTheOrderOfTheServer() throws IOException {
        assertEquals(
                List.of("2001:db8:0:0:0:0:0:2", "2001:db8:0:0:0:0:0:1", "192.0.2.2", "192.0.2.1"),
                addresses(open(), "both.test"));
    }

    @Test
    void anAliasIsFollowed() throws IOException {
        assertEquals(List.of("192.0.2.4"), addresses(open(), "www.four.test"));
    }

    @Test
    void namesAreMadeLongerBySearchDomainsInTheirOrder() throws IOException {
        Resolver resolver = open();
        assertEquals(List.of("192.0.2.5"), addresses(resolver, "short"));
        assertTrue(asked.remove().startsWith("short.first.test. "), () -> "" + asked);
        assertEquals(List.of("192.0.2.7"), addresses(resolver, "a.b"));
        assertEquals(List.of("192.0.2.6"), addresses(open(options().dots(2)), "a.b"));
        assertEquals("EAI_NONAME", failure(resolver, "short."));
        assertEquals("EAI_NONAME", failure(open(options().searchDomains(List.of())), "short"));
    }

    @Test
    void whatIsNotThereIsToldFromWhatNobodyCanSay() throws IOException {
        Resolver resolver = open();
        assertEquals("EAI_NONAME", failure(resolver, "none.test"));
        assertEquals("EAI_NONAME", failure(resolver, "mail.test"));
        assertEquals("EAI_AGAIN", failure(resolver, "failing.test"));
        asked.clear();
        assertEquals("EAI_AGAIN", failure(resolver, "failing"));
        assertTrue(
                asked.stream().allMatch(each -> each.startsWith("failing.first.")),
                () -> "" + asked);
        Resolver impatient = open(options().patience(Duration.ofMillis(1)).rounds(1));
        assertEquals("ETIMEDOUT", failure(impatient, "silent.test"));
    }

    /** As a host without IPv6 would have it. */
    @Test
    void whatIsNotReachedComesLast() throws IOException {
        AddressOrder order = new AddressOrder(each -> each instanceof Inet4Address ? each : null);
        Resolver resolver = DnsResolver.open(options().build(), order);
        resolvers.add(resolver);
        assertEquals(
                List.of("192.0.2.2", "192.0.2.1", "2001:db8:0:0:0:0:0:2", "2001:db8:0:0:0:0:0:1"),
                addresses(resolver, "both.test"));
    }

    /** The server's patience is a minute, so that nothing but the delay can end the waiting. */
    @Test
    void anAnswerForTheOtherFamilyIsNotWaitedForLong() throws IOException {
        Resolver resolver = open(options().resolutionDelay(Duration.ofMillis(1)));
        assertEquals(List.of("192.0.2.8"), addresses(resolver, "late.test"));
        assertThrows(
                IllegalArgumentException.class,
                () -> DnsOptions.builder().resolutionDelay(Duration.ZERO));
    }

    /** Sorting asks the kernel for a source address of each, which nobody needs a second time. */
    @Test
    void anAnswerThatIsGivenIsNotMadeAgainForTheLateFamily() throws IOException {
        Queue<InetAddress> ranked = new ConcurrentLinkedQueue<>();
        AddressOrder order =
                new AddressOrder(
                        each -> {
                            ranked.add(each);
                            return each;
                        });
        DnsOptions quick = options().resolutionDelay(Duration.ofMillis(1)).build();
        Resolver resolver = DnsResolver.open(quick, order);
        resolvers.add(resolver);
        EventLoop loop = loop();
        Lookup<List<InetAddress>> lookup = resolver.addresses(loop, "late.twice.test");
        assertEquals(2, answerOf(lookup).size());
        assertEquals(2, ranked.size(), () -> "" + ranked);
        lookup.cancel();
        assertEquals(2, ranked.size(), () -> "" + ranked);
    }

    @Test
    void oneFamilyIsEnough() throws IOException {
        assertEquals(List.of("192.0.2.8"), addresses(open(), "half.test"));
    }

    @Test
    void anAddressHasAName() throws IOException {
        Resolver resolver = open();
        InetAddress address = InetAddress.getByName("192.0.2.4");
        assertEquals("four.test", answerOf(resolver.name(loop(), address)));
        IoException failure = failureOf(resolver.name(loop(), InetAddress.getByName("192.0.2.77")));
        assertEquals("EAI_NONAME", failure.errorName());
        assertTrue(String.valueOf(failure.getMessage()).startsWith("name of 192.0.2.77: "));
    }

    @Test
    void answersAreRememberedAsLongAsTheyHold() throws IOException {
        Resolver resolver = open();
        addresses(resolver, "four.test");
        asked.clear();
        addresses(resolver, "FOUR.test");
        assertTrue(!asked.contains("FOUR.test. A"), () -> "" + asked);
        Resolver forgetful = open(options().cacheEntries(0));
        asked.clear();
        addresses(forgetful, "four.test");
        addresses(forgetful, "four.test");
        assertEquals(4, asked.size());
    }

    @Test
    void theHostsFileIsKnownWithoutAsking() throws IOException {
        Path file = directory.resolve("hosts");
        Files.writeString(
                file,
                """
                # comment
                192.0.2.9   Some.Host alias  # more
                2001:db8::9 some.host
                300.1.1.1   broken
                192.0.2.10
                """);
        Resolver resolver = open(options().hostsFile(file));
        assertEquals(
                List.of("192.0.2.9", "2001:db8:0:0:0:0:0:9"), addresses(resolver, "some.HOST"));
        assertEquals(List.of("192.0.2.9"), addresses(resolver, "alias"));
        InetAddress address = InetAddress.getByName("192.0.2.9");
        assertEquals("Some.Host", answerOf(resolver.name(loop(), address)));
        assertEquals(2, addresses(resolver, "localhost").size());
        assertEquals(List.of(), List.copyOf(asked));
        Resolver without = open(options().hostsFile(directory.resolve("none")));
        assertEquals("EAI_NONAME", failure(without, "some.host."));
    }

    @Test
    void aHostsFileThatHasChangedIsReadAgain() throws IOException {
        Path file = Files.writeString(directory.resolve("hosts"), "192.0.2.9 some\n");
        HostsFile hosts = new HostsFile(file);
        hosts.refresh();
        assertTrue(hosts.isFresh());
        Files.writeString(file, "192.0.2.10 some\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
        hosts.refresh();
        assertEquals("192.0.2.10", hosts.addresses("some").get(0).getHostAddress());
        Files.delete(file);
        hosts.refresh();
        assertEquals(List.of(), hosts.addresses("some"));
    }

    @Test
    void anyNumberOfSilentLookUpsHoldsUpNobody() throws IOException {
        Resolver resolver = open();
        List<Lookup<List<InetAddress>>> silent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            silent.add(resolver.addresses(loop(), "silent" + i + ".test"));
        }
        Lookup<List<InetAddress>> live = resolver.addresses(loop(), "four.test");
        until(() -> live.result().toCompletableFuture().isDone());
        assertEquals(1, live.result().toCompletableFuture().join().size());
        silent.forEach(Lookup::cancel);
        for (Lookup<List<InetAddress>> each : silent) {
            assertTrue(failureOf(each).isCancelled());
        }
        assertNothingLeft();
    }

    @Test
    void aDeadlineEndsItAndLeavesNothing() throws IOException {
        Lookup<List<InetAddress>> lookup =
                open().addresses(loop(), "silent.test", Duration.ofMillis(1));
        assertEquals("ETIMEDOUT", failureOf(lookup).errorName());
        assertNothingLeft();
    }

    @Test
    void closingTheLoopEndsIt() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        open().addresses(loop(), "silent.test")
                .result()
                .whenComplete((answer, failure) -> failures.add(failure));
        loop().closeAll();
        assertTrue(((IoException) failures.get(0)).isCancelled());
    }

    @Test
    void aHostIsConnectedToByIt() throws IOException {
        DnsOptions.Builder options = options();
        zone.put("here.test.", List.of(Messages.a(Messages.name("here.test."), "127.0.0.1")));
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        TcpServer server =
                TcpServer.listen(
                        loop(), new InetSocketAddress(loopback, 0), stream -> stream.close());
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        HostConnect connect =
                TcpStream.connect(
                        loop(),
                        "here.test",
                        port,
                        ConnectOptions.builder().resolver(open(options)).build());
        List<TcpStream> connected = new ArrayList<>();
        connect.stream().thenAccept(connected::add);
        until(() -> !connected.isEmpty());
        connected.get(0).close();
        server.close();
    }
}
