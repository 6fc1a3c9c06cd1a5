// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.spi.Code;
import java.net.SocketAddress;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sends a pattern of its own and expects it back, all of it and nothing else, unless it or the
 * world breaks off before.
 */
final class ClientEnd extends End {
    private static final int MOST_BYTES = 40_000;

    private final Carrier carrier;
    private final Luggage luggage;
    private final int id;
    private final int total;

    /** Where this client loses patience and closes; beyond the total for most. */
    private final int leavesAfter;

    /** Waits for all that it has sent to come back before it sends more. */
    private final boolean polite;

    private boolean reading;
    private int sent;
    private int back;
    private boolean left;
    private @Nullable Runnable whenClosed;

    /**
     * Takes breaks when this one says so, and leaves together with it, perhaps while an event of
     * its own is about to be delivered.
     */
    private ClientEnd companion = this;

    ClientEnd(
            Carrier carrier,
            EventLoop loop,
            SplittableRandom random,
            boolean kind,
            boolean polite,
            int id,
            Luggage luggage) {
        super(carrier.open(loop), random, kind);
        this.carrier = carrier;
        this.luggage = luggage;
        this.id = id;
        total = random.nextInt(4) == 0 ? random.nextInt(10) : random.nextInt(MOST_BYTES);
        this.polite = polite;
        leavesAfter = random.nextInt(4) == 0 ? random.nextInt(total + 1) : Integer.MAX_VALUE;
    }

    void meets(ClientEnd other) {
        companion = other;
    }

    void start(SocketAddress server, Runnable whenClosed) {
        this.whenClosed = whenClosed;
        boolean early = random.nextBoolean();
        if (random.nextInt(3) == 0) {
            bind();
        }
        carrier.connect(stream, server)
                .whenComplete(
                        (connected, failure) -> {
                            if (failure != null) {
                                check(!kind || left, "connect failed in a kind world: " + failure);
                                stream.close();
                            } else if (!early) {
                                begin();
                            }
                        });
        if (early) {
            begin();
        }
        if (random.nextInt(20) == 0) {
            leave();
        }
    }

    /** An address that another client has is refused, and the stream goes on without one. */
    private void bind() {
        try {
            carrier.bind(stream, random);
            luggage.name = stream.localAddress();
            check(luggage.name != null, "bound, and the address is not known");
        } catch (IoException refused) {
            check(
                    !kind || refused.code() == Code.ADDRESS_IN_USE,
                    "bind failed in a kind world: " + refused);
        }
    }

    private void begin() {
        reading = true;
        stream.read(this);
        continueWriting();
    }

    @Override
    void continueWriting() {
        while (sent < total && !stream.isClosing() && !mustWait() && !(polite && back < sent)) {
            byte[] bytes = new byte[Math.min(total - sent, randomSize())];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = pattern(sent + i);
            }
            int position = sent;
            sent += bytes.length;
            writeFrom(position, bytes);
        }
        if (sent == total && !stream.isClosing() && !isShutDown) {
            isShutDown = true;
            stream.shutdown().whenComplete((done, failure) -> shutdownEnded(failure));
        }
    }

    private void writeFrom(int position, byte[] bytes) {
        if (bytes.length == 0 || carrier != Carrier.UNIX || random.nextInt(4) != 0) {
            write(bytes);
        } else {
            int[] packed = luggage.pack(position, random);
            write(bytes, packed, () -> luggage.close(packed));
        }
    }

    private boolean isShutDown;

    private void shutdownEnded(@Nullable Throwable failure) {
        check(
                failure == null || !kind || stream.isClosing(),
                "shutdown failed in a kind world: " + failure);
    }

    @Override
    void received(Chunk chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            if (chunk.get(i) != pattern(back + i)) {
                throw new AssertionError("byte " + (back + i) + " differs");
            }
        }
        back += chunk.length();
        check(back <= sent, "more came back than was sent");
        if (random.nextInt(4) == 0 && companion != this) {
            companion.takeABreak();
        }
        if (back >= leavesAfter) {
            leave();
            companion.leave();
        } else if (polite && back == sent && !mustWait()) {
            continueWriting();
        }
    }

    @Override
    public void onEnd(ByteStream reading) {
        super.onEnd(reading);
        check(!kind || back == total, "the end after " + back + " of " + total + " bytes");
        stream.close();
    }

    private void takeABreak() {
        if (reading && !stream.isClosing()) {
            pauseForAWhile();
        }
    }

    @Override
    boolean mayBreak() {
        return left;
    }

    /**
     * Goes away for good; what is left to do on this turn for a stream that is closed is nothing.
     */
    void leave() {
        left = true;
        if (random.nextBoolean()) {
            stream.closeReset();
        } else {
            stream.close();
        }
    }

    /** Whose bytes they are, by the first of them. */
    static int numberOf(byte first) {
        return first / 7;
    }

    private byte pattern(int offset) {
        return (byte) (offset * 31 + (offset >> 8) + id * 7);
    }

    @Override
    void afterClose() {
        if (whenClosed != null) {
            whenClosed.run();
        }
    }

    @Override
    public String toString() {
        return super.toString() + ", " + back + " of " + sent + " of " + total + " bytes back";
    }
}
