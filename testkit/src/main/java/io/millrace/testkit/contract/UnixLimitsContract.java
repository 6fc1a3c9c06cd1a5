// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import io.millrace.testkit.AllocationMeter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a message on a Unix-domain socket costs. The peer is a channel of the JDK. */
public abstract class UnixLimitsContract extends ContractTest {
    private static final int MESSAGES = 1_000;

    /** Compiling takes some thousand messages; then one round without allocation is the proof. */
    private static final int ROUNDS = 60;

    private int echoed;

    @Override
    boolean isRefereed() {
        return false;
    }

    @Test
    void anEchoedMessageAllocatesNothing() throws IOException {
        assumeReal("a peer with its own thread");
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        List<UnixStream> accepted = new ArrayList<>();
        UnixServer server =
                UnixServer.listen(serverLoop(), UnixTransport.freeAddress(), accepted::add);
        try (SocketChannel peer = SocketChannel.open(server.localAddress())) {
            until("accepted", () -> accepted.size() == 1);
            accepted.get(0)
                    .read(
                            (stream, chunk) -> {
                                stream.write(chunk);
                                echoed++;
                            });
            Thread player = new Thread(() -> pingPong(peer), "millrace-testkit-peer");
            player.setDaemon(true);
            player.start();
            assertEquals(0, leastAllocated(accepted.get(0)), "bytes in the best of all rounds");
        }
    }

    private static void pingPong(SocketChannel peer) {
        ByteBuffer message = ByteBuffer.allocateDirect(64);
        try {
            while (peer.write(message.clear()) > 0) {
                message.clear();
                while (message.hasRemaining()) {
                    if (peer.read(message) < 0) {
                        return;
                    }
                }
            }
        } catch (IOException closed) {
            // The test is over, or counts fewer echoes than it expects.
            return;
        }
    }

    private long leastAllocated(ByteStream stream) throws IoException {
        AllocationMeter meter = AllocationMeter.ofCurrentThread();
        long least = Long.MAX_VALUE;
        try (Watchdog watchdog = Watchdog.over(List.of(loop()), LoopRig.DEADLINE_NANOS)) {
            for (int round = 0; round < ROUNDS && least > 0; round++) {
                int target = echoed + MESSAGES;
                meter.restart();
                while (echoed < target && !stream.isClosing() && !watchdog.hasBarked()) {
                    loop().run(RunMode.ONCE);
                }
                least = Math.min(least, meter.allocatedBytes());
                assertTrue(echoed >= target, "the peer stopped");
            }
        }
        return least;
    }
}
