// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who hears what, who is put out, and that nobody else notices. */
class ChatServerTest {
    private Serving server;

    @BeforeEach
    void serve() throws IOException {
        server = new Serving(1, new ChatServer()::join);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tellsTheOthersWhatOneSays() throws Exception {
        try (Client one = server.connect()) {
            joined();
            try (Client two = server.connect()) {
                assertEquals("member 2 has joined", one.readLine());
                two.send("hel").send("lo\r\n\nagain\n");
                assertEquals("member 2: hello", one.readLine());
                assertEquals("member 2:", one.readLine());
                assertEquals("member 2: again", one.readLine());
                one.send("grüezi\n".getBytes("UTF-8"));
                assertEquals("member 1: grüezi", two.readLine());
            }
            assertEquals("member 2 has left", one.readLine());
        }
    }

    @Test
    void cutsLinesThatAreTooLong() throws Exception {
        try (Client one = server.connect()) {
            joined();
            try (Client two = server.connect()) {
                one.readLine();
                two.send("x".repeat(ChatMember.LINE_LIMIT + 1) + "\n");
                assertEquals(
                        ChatMember.LINE_LIMIT, one.readLine().length() - "member 2: ".length());
                assertEquals("member 2: x", one.readLine());
            }
        }
    }

    @Test
    void goesOnAfterAMemberWasReset() throws Exception {
        try (Client one = server.connect()) {
            joined();
            Client two = server.connect();
            assertEquals("member 2 has joined", one.readLine());
            two.reset();
            assertEquals("member 2 has left", one.readLine());
            one.send("alone\n");
            try (Client three = server.connect()) {
                assertEquals("member 3 has joined", one.readLine());
                one.send("here\n");
                String line = three.readLine();
                assertEquals(
                        "member 1: here", line.equals("member 1: alone") ? three.readLine() : line);
            }
        }
    }

    @Test
    void putsOutAMemberThatFallsBehind() throws Exception {
        String text = "x".repeat(1000) + "\n";
        try (Client talker = server.connect()) {
            joined();
            try (Client sleeper = new Client(server.address(), 4096);
                    Client listener = server.connect()) {
                assertEquals("member 2 has joined", talker.readLine());
                assertEquals("member 3 has joined", talker.readLine());
                String heard;
                do {
                    talker.send(text);
                    heard = listener.readLine();
                } while (heard.equals("member 1: " + text.strip()));
                assertEquals("member 2 has left", heard);
                assertEquals("member 2 has left", talker.readLine());
                assertThrows(SocketException.class, sleeper::readAll);
                assertEquals("member 1: " + text.strip(), listener.readLine());
            }
        }
    }

    /** The first member is in before the second knocks. */
    private void joined() throws Exception {
        Await.until("the first member is in", () -> server.connections() == 1);
    }
}
