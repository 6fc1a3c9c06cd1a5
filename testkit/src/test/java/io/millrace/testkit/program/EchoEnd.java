// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import io.millrace.Chunk;
import io.millrace.net.ByteStream;
import io.millrace.net.PassedDescriptors;
import io.millrace.net.ReadCallback;
import io.millrace.net.UnixStream;
import io.millrace.testkit.sim.SimNumbers;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sends back what comes, by one of the two ways of reading, takes some of the descriptors that come
 * with it, and closes after the peer's end; in an unkind world now and then before.
 */
final class EchoEnd extends End implements ReadCallback {
    private final boolean intoBuffer;

    /** Waits for no more than there is, because the peer waits for that as well. */
    private final boolean politely;

    private final SimNumbers numbers;

    /** What each client sends, by its number. */
    private final Map<Integer, Luggage> luggage;

    /** What the peer sends; null until its first byte has said who it is. */
    private @Nullable Luggage peer;

    private boolean takesDescriptors;
    private final List<Luggage.Arrived> arrived = new ArrayList<>();

    /** Descriptors that were taken and are still open. */
    private final List<Integer> taken = new ArrayList<>();

    private int checkedRows;
    private long bytes;

    /** How many bytes the read in progress is to bring at the most. */
    private int asked;

    EchoEnd(
            ByteStream stream,
            SplittableRandom random,
            boolean kind,
            boolean politely,
            SimNumbers numbers,
            Map<Integer, Luggage> luggage) {
        super(stream, random, kind);
        this.politely = politely;
        this.numbers = numbers;
        this.luggage = luggage;
        intoBuffer = random.nextInt(3) == 0;
    }

    void start() {
        if (stream instanceof UnixStream unix && random.nextInt(4) != 0) {
            takesDescriptors = true;
            unix.onDescriptors((same, descriptors) -> passed(descriptors));
        }
        if (intoBuffer) {
            readNext();
        } else {
            stream.read(this);
        }
    }

    private void passed(PassedDescriptors descriptors) {
        Program.check(!stream.isClosing() && !ended && !failed, "descriptors after the end");
        Program.check(intoBuffer || !isPaused(), "descriptors while paused");
        arrived.add(new Luggage.Arrived(descriptors, numbers, random, taken));
        if (peer != null) {
            int before = peer.rowsWithin(bytes);
            checkArrived(peer, intoBuffer ? peer.rowsWithin(bytes + asked) : before + 1);
        }
        if (random.nextBoolean()) {
            closeTaken();
        }
        if (!intoBuffer && random.nextInt(4) == 0) {
            pauseForAWhile();
        }
    }

    /** They are those that were passed, and neither too early nor too late. */
    private void checkArrived(Luggage of, int most) {
        while (checkedRows < arrived.size()) {
            of.checkArrived(checkedRows, arrived.get(checkedRows));
            checkedRows++;
        }
        int least = of.rowsWithin(bytes);
        Program.check(
                arrived.size() >= least && arrived.size() <= most,
                arrived.size() + " rows at byte " + bytes + ", not " + least + " to " + most);
    }

    private void came(byte first, int count) {
        Luggage of = peer;
        if (of == null) {
            of = Objects.requireNonNull(luggage.get(ClientEnd.numberOf(first)));
            peer = of;
            checkName(of);
        }
        bytes += count;
        if (!kind && random.nextInt(60) == 0) {
            stream.close();
        }
        if (takesDescriptors) {
            checkArrived(of, of.rowsWithin(bytes));
        }
    }

    private void checkName(Luggage of) {
        SocketAddress seen = stream.remoteAddress();
        boolean isUnix = stream instanceof UnixStream;
        SocketAddress expected = isUnix ? UnixDomainSocketAddress.of("") : seen;
        expected = of.name == null ? expected : of.name;
        Program.check(expected != null && expected.equals(seen), seen + " is not " + expected);
    }

    private void closeTaken() {
        taken.forEach(numbers::close);
        taken.clear();
    }

    private void readNext() {
        asked = 1 + random.nextInt(2_000);
        ByteBuffer buffer = ByteBuffer.allocateDirect(asked);
        if (politely || random.nextBoolean()) {
            stream.read(buffer, this);
        } else {
            stream.readFully(buffer, this);
        }
    }

    @Override
    void received(Chunk chunk) {
        came(chunk.get(0), chunk.length());
        if (!stream.isClosing() && !write(chunk)) {
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
        byte[] read = new byte[count];
        buffer.flip().get(read);
        came(read[0], count);
        if (!stream.isClosing() && write(read)) {
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
    void afterClose() {
        closeTaken();
    }
}
