// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.net.ByteStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A chat room: what one member says, a line at a time, all others hear.
 *
 * <p>Members share a list, and need no lock for it, because they all live on one loop. A room must
 * not wait for its slowest member, nor pile up what that one does not take: who falls behind by
 * more than {@link #MOST_BEHIND_BYTES} is put out.
 */
public final class ChatServer {
    /** A few hundred screens of text: enough for a bad minute of a mobile connection. */
    static final int MOST_BEHIND_BYTES = 256 << 10;

    private final List<ChatMember> members = new ArrayList<>();
    private int joined;

    public static void main(String[] arguments) {
        new ServerProgram("chat", ServerProgram.COMMON, options -> new ChatServer()::join)
                .launch(arguments);
    }

    void join(ByteStream connection) {
        ChatMember member = new ChatMember("member " + ++joined, connection, this);
        connection.watermarks(0, MOST_BEHIND_BYTES, 2L * MOST_BEHIND_BYTES);
        connection.onClosed(() -> left(member));
        connection.read(member);
        members.add(member);
        tellOthers(member, member.name() + " has joined");
    }

    /** Says a line to everybody but the one who said it. */
    void tellOthers(ChatMember from, String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        for (ChatMember member : members) {
            if (member != from) {
                member.hear(bytes);
            }
        }
    }

    private void left(ChatMember member) {
        members.remove(member);
        tellOthers(member, member.name() + " has left");
    }
}
