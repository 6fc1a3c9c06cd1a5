// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.dns.DnsOptions;
import io.millrace.testkit.load.MessageServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The forwarder between a name server of the test's and dig, or whoever sends it bytes. */
@ParameterizedClass
@MethodSource("io.millrace.examples.Serving#backends")
class DnsServerTest {
    private static final int HANG_MILLIS = 60_000;
    private static final Duration SHORT = Duration.ofMillis(20);

    @Parameter private String backend;

    private final Queue<Message> asked = new ConcurrentLinkedQueue<>();
    private final Queue<MessageServer.Request> held = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private MessageServer upstream;
    private EventLoopGroup group;
    private DnsServer server;
    private InetSocketAddress address;

    @BeforeEach
    void open() throws Exception {
        upstream = new MessageServer(this::answer);
        LoopOptions options =
                LoopOptions.builder()
                        .backend(backend)
                        .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                        .build();
        group = EventLoopGroup.open(1, options);
        serve(Duration.ofMinutes(1));
    }

    /** Anew, if it does so already. */
    private void serve(Duration patience) throws Exception {
        server =
                new DnsServer(
                        DnsOptions.builder()
                                .servers(List.of(upstream.address()))
                                .patience(patience)
                                .rounds(2)
                                .build(),
                        3);
        InetSocketAddress any =
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
        address = onLoop(() -> server.open(loop(), any, false));
    }

    @AfterEach
    void close() throws Exception {
        group.close();
        upstream.close();
        assertEquals(List.of(), List.copyOf(upstream.failures()));
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    private EventLoop loop() {
        return group.loops().get(0);
    }

    private <T> T onLoop(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        loop().execute(task);
        return task.get(HANG_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Names say what is answered. */
    private void answer(MessageServer.Request request) {
        try {
            Message query = new Message(request.bytes());
            asked.add(query);
            Name name = query.getQuestion().getName();
            Message answer = new Message(query.getHeader().getID());
            answer.getHeader().setFlag(Flags.QR);
            answer.getHeader().setFlag(Flags.AA);
            answer.addRecord(query.getQuestion(), Section.QUESTION);
            switch (name.getLabelString(0).toLowerCase(java.util.Locale.ROOT)) {
                case "silent" -> {
                    return;
                }
                case "held" -> {
                    held.add(request);
                    return;
                }
                case "none" -> {
                    answer.getHeader().setRcode(Rcode.NXDOMAIN);
                    Name root = Name.root;
                    answer.addRecord(
                            new SOARecord(root, DClass.IN, 600, root, root, 1, 1, 1, 1, 300),
                            Section.AUTHORITY);
                }
                case "failing" -> answer.getHeader().setRcode(Rcode.SERVFAIL);
                case "large" -> {
                    if (!request.isByTcp()) {
                        answer.getHeader().setFlag(Flags.TC);
                    } else {
                        addresses(answer, name, 300);
                    }
                }
                case "middling" -> addresses(answer, name, 60);
                case "fleeting" -> answer.addRecord(a(name, 0, 1), Section.ANSWER);
                default -> answer.addRecord(a(name, 300, 1), Section.ANSWER);
            }
            request.reply(answer.toWire());
        } catch (IOException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    private static void addresses(Message answer, Name name, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            answer.addRecord(a(name, 300, i), Section.ANSWER);
        }
    }

    private static Record a(Name name, long seconds, int number) throws IOException {
        byte[] bytes = {(byte) 192, 0, (byte) (number >> 8), (byte) number};
        return new ARecord(name, DClass.IN, seconds, InetAddress.getByAddress(bytes));
    }

    private String dig(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("dig", "@127.0.0.1"));
        command.addAll(List.of("-p", "" + address.getPort(), "+timeout=30", "+tries=1"));
        command.addAll(List.of(options));
        Programs.Outcome outcome = Programs.run(command, "");
        assertEquals(0, outcome.status(), outcome.output());
        return outcome.output();
    }

    private static Message query(String name) throws IOException {
        Message query =
                Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN));
        query.getHeader().setFlag(Flags.RD);
        return query;
    }

    private DatagramSocket client() throws IOException {
        DatagramSocket client = new DatagramSocket(0, address.getAddress());
        client.setSoTimeout(HANG_MILLIS);
        return client;
    }

    private void send(DatagramSocket client, byte[] bytes) throws IOException {
        client.send(new DatagramPacket(bytes, bytes.length, address));
    }

    private static byte[] receive(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private Message ask(Message query) throws IOException {
        try (DatagramSocket client = client()) {
            send(client, query.toWire());
            return new Message(receive(client));
        }
    }

    private static void send(Socket client, byte[] bytes) throws IOException {
        byte[] framed = new byte[2 + bytes.length];
        framed[0] = (byte) (bytes.length >> 8);
        framed[1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, framed, 2, bytes.length);
        client.getOutputStream().write(framed);
    }

    private static byte[] receive(DataInputStream input) throws IOException {
        byte[] message = new byte[input.readUnsignedShort()];
        input.readFully(message);
        return message;
    }

    @Test
    void digIsAnsweredByUdpAndByTcp() throws Exception {
        String byUdp = dig("some.test", "A");
        assertTrue(byUdp.contains("status: NOERROR"), byUdp);
        assertTrue(byUdp.contains("192.0.0.1"), byUdp);
        assertTrue(byUdp.contains("udp: 1232"), byUdp);
        assertFalse(byUdp.contains("WARNING"), byUdp);
        assertEquals("192.0.0.1\n", dig("+short", "+tcp", "other.test", "A"));
        assertEquals("192.0.0.1\n", dig("+short", "+noedns", "other.test", "A"));
        assertTrue(dig("none.test", "A").contains("status: NXDOMAIN"));
        assertEquals(300, dig("+short", "large.test", "A").lines().count());
        assertTrue(dig("failing.test", "A").contains("status: SERVFAIL"));
        assertTrue(dig("+edns=1", "+noednsnegotiation", "a.test").contains("status: BADVERS"));
        assertTrue(dig("+opcode=notify", "a.test").contains("status: NOTIMP"));
    }

    @Test
    void aSecondQuestionIsAnsweredFromMemoryAndInItsOwnSpelling() throws Exception {
        ask(query("some.test."));
        Message second = ask(query("SoMe.TEST."));
        assertEquals("SoMe.TEST.", second.getQuestion().getName().toString());
        assertEquals("SoMe.TEST.", second.getSection(Section.ANSWER).get(0).getName().toString());
        assertTrue(second.getSection(Section.ANSWER).get(0).getTTL() <= 300);
        assertFalse(second.getHeader().getFlag(Flags.AA));
        assertEquals(1, asked.size());
        ask(query("none.test."));
        assertEquals(Rcode.NXDOMAIN, ask(query("none.test.")).getRcode());
        assertEquals(2, asked.size());
        ask(query("fleeting.test."));
        ask(query("fleeting.test."));
        assertEquals(4, asked.size());
    }

    @Test
    void memoryHasALimitAndForgetsWhatNobodyAskedForLongest() throws Exception {
        for (String each : List.of("a.test.", "b.test.", "c.test.", "a.test.", "d.test.")) {
            ask(query(each));
        }
        assertEquals(4, asked.size());
        ask(query("a.test."));
        assertEquals(4, asked.size());
        ask(query("b.test."));
        assertEquals(5, asked.size());
    }

    @Test
    void aQuestionOfManyIsPutOnce() throws Exception {
        try (DatagramSocket client = client()) {
            for (int i = 0; i < 20; i++) {
                Message query = query("held.test.");
                query.getHeader().setID(i);
                send(client, query.toWire());
            }
            // When this is answered, all before it were taken.
            send(client, query("some.test.").toWire());
            assertEquals(Rcode.NOERROR, new Message(receive(client)).getRcode());
            Await.until("asked", () -> !held.isEmpty());
            int count = 0;
            for (MessageServer.Request each : held) {
                Message query = new Message(each.bytes());
                Message answer = new Message(query.getHeader().getID());
                answer.getHeader().setFlag(Flags.QR);
                answer.addRecord(query.getQuestion(), Section.QUESTION);
                answer.addRecord(a(query.getQuestion().getName(), 300, 1), Section.ANSWER);
                each.reply(answer.toWire());
                count++;
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(i, new Message(receive(client)).getHeader().getID());
            }
            assertEquals(1, count);
        }
    }

    @Test
    void aSilentServerIsServfail() throws Exception {
        serve(SHORT);
        assertEquals(Rcode.SERVFAIL, ask(query("silent.test.")).getRcode());
    }

    @Test
    void anAnswerIsNoLongerThanItsClientTakes() throws Exception {
        Message plain = ask(query("middling.test."));
        assertTrue(plain.getHeader().getFlag(Flags.TC));
        assertEquals(0, plain.getSection(Section.ANSWER).size());
        Message query = query("middling.test.");
        query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        Message roomy = ask(query);
        assertFalse(roomy.getHeader().getFlag(Flags.TC));
        assertEquals(60, roomy.getSection(Section.ANSWER).size());
        assertEquals(1232, roomy.getOPT().getPayloadSize());
        assertEquals(1, asked.size());
    }

    @Test
    void whatIsNoQueryIsRefusedOrDropped() throws Exception {
        byte[] answer = query("some.test.").toWire();
        answer[2] |= (byte) 0x80;
        byte[] twice = query("some.test.").toWire();
        twice[5] = 2;
        byte[] none = new Header(77).toWire();
        byte[] cut = Arrays.copyOf(query("some.test.").toWire(), 20);
        byte[] pointing = {0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, (byte) 0xc0, 12, 0, 1, 0, 1};
        Message update = query("some.test.");
        update.getHeader().setOpcode(Opcode.UPDATE);
        try (DatagramSocket client = client()) {
            for (byte[] dropped : List.of(new byte[0], new byte[11], answer)) {
                send(client, dropped);
            }
            for (byte[] wrong : List.of(twice, none, cut, pointing)) {
                send(client, wrong);
                byte[] refusal = receive(client);
                assertEquals(wrong[1], refusal[1]);
                assertEquals(Rcode.FORMERR, refusal[3] & 0xf);
            }
            send(client, update.toWire());
            assertEquals(Rcode.NOTIMP, new Message(receive(client)).getRcode());
            Message transfer =
                    Message.newQuery(
                            Record.newRecord(Name.fromString("some.test."), Type.AXFR, DClass.IN));
            send(client, transfer.toWire());
            assertEquals(Rcode.REFUSED, new Message(receive(client)).getRcode());
        }
        assertEquals(0, asked.size());
    }

    @Test
    void aConnectionHasSeveralQuestionsInPiecesAndEndsWhenAllAreAnswered() throws Exception {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout(HANG_MILLIS);
            client.setTcpNoDelay(true);
            for (byte each : framed(query("first.test.").toWire())) {
                client.getOutputStream().write(each);
            }
            for (int i = 0; i < 100; i++) {
                send(client, query("many" + i % 3 + ".test.").toWire());
            }
            client.shutdownOutput();
            DataInputStream input = new DataInputStream(client.getInputStream());
            for (int i = 0; i < 101; i++) {
                assertEquals(Rcode.NOERROR, new Message(receive(input)).getRcode());
            }
            assertEquals(-1, input.read());
        }
    }

    private static byte[] framed(byte[] bytes) {
        byte[] framed = new byte[2 + bytes.length];
        framed[1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, framed, 2, bytes.length);
        return framed;
    }

    @Test
    void whoeverSendsNonsenseByTcpIsLeft() throws Exception {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout(HANG_MILLIS);
            client.getOutputStream().write(new byte[] {0, 3, 1, 2, 3});
            assertTrue(isLeft(client));
        }
    }

    private static boolean isLeft(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void itStopsWhenAllAreAnswered() throws Exception {
        serve(SHORT);
        try (DatagramSocket client = client()) {
            send(client, query("silent.test.").toWire());
            Await.until("asked", () -> !asked.isEmpty());
            var finished = onLoop(() -> server.finish(loop()));
            assertEquals(Rcode.SERVFAIL, new Message(receive(client)).getRcode());
            finished.get(HANG_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void whatIsAskedUpstreamHasNothingOfTheClient() throws Exception {
        Message query = query("some.test.");
        query.getHeader().setID(1);
        ask(query);
        Message forwarded = asked.remove();
        assertTrue(forwarded.getHeader().getFlag(Flags.RD));
        assertEquals(1232, forwarded.getOPT().getPayloadSize());
        int differing = forwarded.getHeader().getID() == 1 ? 0 : 1;
        for (int i = 0; i < 3; i++) {
            Message other = query("fleeting" + i + ".test.");
            other.getHeader().setID(1);
            ask(other);
            differing += asked.remove().getHeader().getID() == 1 ? 0 : 1;
        }
        assertNotEquals(0, differing);
    }
}
