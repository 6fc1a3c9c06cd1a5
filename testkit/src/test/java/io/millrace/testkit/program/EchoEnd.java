// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Sends back what comes, by one of the two ways of reading, and closes after the peer's end. */
final class EchoEnd extends End implements ReadCallback {
    private final boolean intoBuffer;

    EchoEnd(ByteStream stream, SplittableRandom random, boolean kind) {
        super(stream, random, kind);
        intoBuffer = random.nextInt(3) == 0;
    }

    void start() {
        if (intoBuffer) {
            readNext();
        } else {
            stream.read(this);
        }
    }

    private void readNext() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 + random.nextInt(2_000));
        if (random.nextBoolean()) {
            stream.read(buffer, this);
        } else {
            stream.readFully(buffer, this);
        }
    }

    @Override
    void received(Chunk chunk) {
        if (!write(chunk)) {
            stopReading();
        }
    }

    @Override
    public void onRead(ByteStream reading, ByteBuffer buffer, int count) {
        Program.check(!stream.isClosing(), "a read completed after close, and not as cancelled");
        if (count < 0) {
            stream.closeWhenWritten();
            return;
        }
        Program.check(buffer.position() == count, "the position tells how much was read");
        byte[] bytes = new byte[count];
        buffer.flip().get(bytes);
        if (write(bytes)) {
            readNext();
        }
    }

    @Override
    void continueWriting() {
        if (intoBuffer) {
            readNext();
        } else {
            goOnReading();
        }
    }

    @Override
    public void onEnd(ByteStream reading) {
        super.onEnd(reading);
        stream.closeWhenWritten();
    }

    @Override
    void afterClose() {}
}
