// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import java.nio.charset.StandardCharsets;

/** Somebody in a {@link ChatServer}: puts lines together from chunks that end anywhere. */
final class ChatMember implements ReadHandler {
    /** Longer than anybody types; what goes beyond becomes a line of its own. */
    static final int LINE_LIMIT = 1024;

    private final String name;
    private final ByteStream connection;
    private final ChatServer room;
    private final byte[] line = new byte[LINE_LIMIT];
    private int length;

    ChatMember(String name, ByteStream connection, ChatServer room) {
        this.name = name;
        this.connection = connection;
        this.room = room;
    }

    String name() {
        return name;
    }

    @Override
    public void onRead(ByteStream from, Chunk chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            byte next = chunk.get(i);
            if (next == '\n') {
                say();
            } else if (next != '\r') {
                line[length++] = next;
            }
            if (length == LINE_LIMIT) {
                say();
            }
        }
    }

    /** A member that is leaving, but still in the list, hears nothing. */
    void hear(byte[] bytes) {
        if (connection.isWritable() && !connection.write(bytes, 0, bytes.length)) {
            connection.closeReset();
        }
    }

    private void say() {
        room.tellOthers(this, name + ": " + new String(line, 0, length, StandardCharsets.UTF_8));
        length = 0;
    }
}
