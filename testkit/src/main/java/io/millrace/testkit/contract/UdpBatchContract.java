// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the callbacks of datagrams that came together have sent may leave together, and nobody can
 * tell that it waited for that: whatever a callback does comes after what those before it have
 * sent.
 */
public abstract class UdpBatchContract extends UdpFixture {
    /** More than come together at first. */
    private static final int DATAGRAMS = 20;

    private static final int ROUNDS = 5;
    private static final int CHUNKS = 16;
    private static final int CHUNK_BYTES = 512;

    /** What the server has to say of the datagram that has come. */
    private interface Answer {
        void to(UdpSocket server, String text, InetSocketAddress sender) throws IOException;
    }

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options.chunks(CHUNKS, CHUNK_BYTES);
    }

    /** So many datagrams are sent together to a server, whose answers are collected. */
    private UdpSocket asked(int datagrams, Answer answer) throws IOException {
        UdpSocket server = server();
        server.receive(
                (socket, datagram) -> {
                    try {
                        answer.to(socket, text(datagram), datagram.sender());
                    } catch (IOException failure) {
                        throw new AssertionError(failure);
                    }
                });
        UdpSocket client = client();
        client.receive(collector());
        for (int i = 0; i < datagrams; i++) {
            client.send(direct("" + i), server.localAddress());
        }
        return server;
    }

    private static List<String> numbers(int end) {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            numbers.add("" + i);
        }
        return numbers;
    }

    /**
     * A socket of which nothing is known yet receives few with one call; so the last round counts.
     */
    @Test
    void answersToWhatCameTogetherLeaveTogether() throws IOException {
        UdpSocket server = server();
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        UdpSocket client = client();
        client.receive(collector());
        int sends = 0;
        for (int round = 0; round < ROUNDS; round++) {
            received.clear();
            sends = rig().referee().sends();
            for (int i = 0; i < CHUNKS / 2; i++) {
                client.send(direct("" + i), server.localAddress());
            }
            untilReceived(CHUNKS / 2);
            assertEquals(numbers(CHUNKS / 2), received);
            sends = rig().referee().sends() - sends;
        }
        boolean oneByOne = !isSimulated() && !serverHasDescriptors();
        int most = 1 + (oneByOne ? CHUNKS / 2 : 1);
        int calls = sends;
        assertTrue(calls <= most, () -> calls + " sends, and not " + most);
    }

    /** A chunk that is kept for its answer is one that cannot be received into. */
    @Test
    void answersHoldUpNoDatagramsWhereChunksAreFew() throws IOException {
        int most = 5 * CHUNKS;
        UdpSocket server = server();
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        UdpSocket client = client();
        client.receive(collector());
        for (int i = 0; i < most; i++) {
            client.send(direct("" + i), server.localAddress());
        }
        untilReceived(most);
        assertEquals(numbers(most), received);
    }

    @Test
    void closingInALaterCallbackLosesNoAnswerOfAnEarlierOne() throws IOException {
        UdpSocket server =
                asked(
                        DATAGRAMS,
                        (socket, text, sender) -> {
                            socket.send(direct(text), sender, sent(text));
                            if (text.equals("4")) {
                                socket.close();
                            }
                        });
        untilReceived(4);
        until("closed", server::isClosed);
        settle();
        assertEquals(numbers(4), received);
        journal.assertIs("0", "1", "2", "3", "4 ECANCELED");
    }

    @Test
    void aCallbackThatThrowsLosesNoAnswerOfAnEarlierOne() throws IOException {
        rig().allowUncaught();
        UdpSocket server =
                asked(
                        DATAGRAMS,
                        (socket, text, sender) -> {
                            socket.send(direct(text), sender, sent(text));
                            if (text.equals("4")) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        untilReceived(4);
        until("closed", server::isClosed);
        settle();
        assertEquals(numbers(4), received);
        journal.assertIs("0", "1", "2", "3", "4 ECANCELED");
        assertEquals(1, rig().takeUncaught().size());
    }

    @Test
    void tryingComesAfterTheAnswersOfEarlierCallbacks() throws IOException {
        asked(
                DATAGRAMS,
                (server, text, sender) -> {
                    int number = Integer.parseInt(text);
                    if (number % 2 == 0) {
                        server.send(direct(text), sender);
                    } else {
                        assertTrue(server.trySend(direct(text), sender), "nothing waits");
                        assertEquals(0, server.sendQueueSize());
                    }
                });
        untilReceived(DATAGRAMS);
        assertEquals(numbers(DATAGRAMS), received);
    }

    @Test
    void anotherCallbackFindsTheQueueAsIfTheAnswersHadLeft() throws IOException {
        List<Boolean> below = new ArrayList<>();
        UdpSocket server =
                asked(
                        DATAGRAMS,
                        (socket, text, sender) ->
                                below.add(socket.send(direct(bytes(100)), sender)));
        server.watermarks(50, 100, 150);
        server.onWritable(journal.line("writable"));
        untilReceived(DATAGRAMS);
        settle();
        assertEquals(DATAGRAMS, below.size());
        assertTrue(below.stream().allMatch(Boolean::booleanValue), below::toString);
        journal.assertIs();
    }

    @Test
    void theOneAboveItsMarkIsNotHeldBack() throws IOException {
        List<Boolean> below = new ArrayList<>();
        UdpSocket server =
                asked(
                        DATAGRAMS,
                        (socket, text, sender) ->
                                below.add(socket.send(direct(bytes(100)), sender)));
        server.watermarks(20, 40, 150);
        server.onWritable(journal.line("writable"));
        untilReceived(DATAGRAMS);
        until("writable", () -> journal.has("writable"));
        assertTrue(below.stream().noneMatch(Boolean::booleanValue), below::toString);
    }

    /** 1024 of the shortest at most, and 50 of them are of the first callback. */
    @Test
    void aQueueThatIsFullOfThemHasRoom() throws IOException {
        UdpSocket server =
                asked(
                        2,
                        (socket, text, sender) -> {
                            int count = text.equals("0") ? 50 : 1000;
                            for (int i = 0; i < count; i++) {
                                socket.send(direct(""), sender);
                            }
                            journal.add(text);
                        });
        server.watermarks(1, 2, 3);
        until("both", () -> journal.has("1"));
        journal.assertIs("0", "1");
    }

    @Test
    void whereToIsChangedAfterTheAnswersOfEarlierCallbacks() throws IOException {
        asked(
                2,
                (server, text, sender) -> {
                    if (text.equals("0")) {
                        server.send(direct(text), sender);
                    } else {
                        server.connect(sender);
                        server.send(direct(text), null);
                    }
                });
        untilReceived(2);
        assertEquals(numbers(2), received);
    }

    @Test
    void whatIsParkedDuringAPauseIsAnsweredAsWell() throws IOException {
        UdpSocket server =
                asked(
                        DATAGRAMS,
                        (socket, text, sender) -> {
                            socket.send(direct(text), sender);
                            if (text.equals("3")) {
                                socket.pauseReceiving();
                            }
                        });
        untilReceived(4);
        settle();
        assertEquals(4, received.size());
        server.resumeReceiving();
        untilReceived(DATAGRAMS);
        assertEquals(numbers(DATAGRAMS), received);
    }

    @Test
    void anotherSocketsCallbackFindsThemGoneAsWell() throws IOException {
        UdpSocket first = server();
        UdpSocket second = server();
        first.receive(
                (socket, datagram) -> {
                    socket.send(direct(text(datagram)), datagram.sender(), sent("answer"));
                    journal.add("first");
                });
        second.receive(
                (socket, datagram) -> {
                    first.close();
                    journal.add("second");
                });
        UdpSocket client = client();
        client.receive(collector());
        client.send(direct("0"), first.localAddress());
        until("heard", () -> journal.has("first"));
        untilReceived(1);
        for (int i = 1; i < 3; i++) {
            client.send(direct("" + i), first.localAddress());
        }
        client.send(direct("close"), second.localAddress());
        until("closed", first::isClosed);
        settle();
        assertEquals(journal.count("first"), received.size());
        assertEquals(journal.count("first"), journal.count("answer"));
    }
}
