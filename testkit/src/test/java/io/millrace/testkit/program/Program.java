// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.StreamServer;
import io.millrace.testkit.referee.Referee;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One random program: an echo server and a few clients, on one loop or on two, over TCP or over
 * Unix-domain sockets, which pass descriptors as well.
 *
 * <ol>
 *   <li>The world's seed decides on everything: how many loops and clients, what carries their
 *       bytes, who binds before it connects, how each end reads and writes, where it pauses, hoards
 *       chunks, half-closes, resets or just goes away.
 *   <li>Each end checks what it is promised while it runs.
 *   <li>When all clients are through, the server closes, and the loops must end by themselves.
 *   <li>Then nothing may be left: no operation without its end, no chunk, no socket, no long row of
 *       turns without progress.
 * </ol>
 */
final class Program {
    /**
     * What a silent connection is worth: far longer than anything a world delays, so that it is
     * reached only when bytes were lost, which an unkind world may do and the library may not.
     */
    static final long PATIENCE_SECONDS = 60;

    /** Longer than any honest row of fruitless turns, shorter than any spin. */
    private static final int LONGEST_STALL = 20;

    /** About as long as things take in an unkind world. */
    private static final long LONGEST_BUSY_NANOS = 4_000_000;

    private final SimWorld world;
    private final Boundary boundary;
    private final boolean kind;
    private final SplittableRandom random;

    /** Whether loops come late to their polls, so that several streams are ready at once. */
    private final boolean busy;

    /** Whether clients wait for their echo before they send more. */
    private final boolean polite;

    private final Carrier carrier;

    /** Of each client, by its number. */
    private final Map<Integer, Luggage> luggage = new HashMap<>();

    private final Referee referee = new Referee();
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final List<Throwable> uncaught = new ArrayList<>();
    private int clientsLeft;
    private StreamServer server;
    private @Nullable ClientEnd lastClient;

    private Program(SimWorld world, Boundary boundary, boolean kind) {
        this.world = world;
        this.boundary = boundary;
        this.kind = kind;
        random = world.random();
        busy = random.nextBoolean();
        polite = random.nextInt(4) == 0;
        carrier = random.nextInt(3) == 0 ? Carrier.UNIX : Carrier.TCP;
    }

    /**
     * Runs the program of a seed; whatever it throws is a fault found.
     *
     * @return the world it ran in, which knows what struck
     */
    static SimWorld play(long seed, FaultProfile profile, Boundary boundary) throws Exception {
        SimWorld world = new SimWorld(seed, profile);
        Program program = new Program(world, boundary, profile != FaultProfile.HOSTILE);
        try {
            program.run();
            return world;
        } catch (Throwable failure) {
            throw new AssertionError(
                    "at boundary "
                            + boundary
                            + ", "
                            + world.replayHint()
                            + ", ends "
                            + program.ends,
                    failure);
        }
    }

    /** For a class loader that holds a mutant; see {@code Mutant}. */
    static void play(long seed, String profile, String boundary) throws Exception {
        play(seed, FaultProfile.valueOf(profile), Boundary.valueOf(boundary));
    }

    private void run() throws Exception {
        EventLoop serving = open();
        EventLoop connecting = random.nextBoolean() ? serving : open();
        server = carrier.listen(serving, random, this::accepted);
        server.onAcceptError((listener, failure) -> {});
        clientsLeft = 1 + random.nextInt(4);
        for (int id = clientsLeft; id > 0; id--) {
            connect(connecting, id);
        }
        world.runToEnd();
        checkEnds();
        for (EventLoop loop : loops) {
            loop.close();
        }
        referee.assertSettled();
        check(world.openSockets() == 0, world.openSockets() + " sockets are open");
        check(world.numbers().underway() == 0, "descriptors are underway to nobody");
        check(
                world.longestStall() <= LONGEST_STALL,
                world.longestStall() + " turns in a row without progress");
    }

    private EventLoop open() throws IoException {
        LoopOptions options =
                LoopOptions.builder()
                        .provider(referee.watch(new SimBackend(world, boundary)))
                        .clock(world::nanoTime)
                        .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                        .build();
        EventLoop loop = EventLoop.open(options);
        loops.add(loop);
        world.add(
                () -> {
                    if (busy) {
                        world.elapse(random.nextLong(LONGEST_BUSY_NANOS));
                    }
                    boolean alive = loop.run(RunMode.ONCE);
                    rethrowUncaught();
                    return alive;
                });
        return loop;
    }

    private void connect(EventLoop loop, int id) {
        Luggage own = new Luggage(world.numbers());
        luggage.put(id, own);
        ClientEnd client = new ClientEnd(carrier, loop, random, kind, polite, id, own);
        if (lastClient != null && random.nextBoolean()) {
            client.meets(lastClient);
            lastClient.meets(client);
        }
        lastClient = client;
        ends.add(client);
        client.start(server.localAddress(), this::clientClosed);
    }

    private void accepted(ByteStream stream) {
        EchoEnd echo = new EchoEnd(stream, random, kind, polite, world.numbers(), luggage);
        ends.add(echo);
        echo.start();
    }

    /** The last client's close ends the program; it runs on the clients' loop. */
    private void clientClosed() {
        if (--clientsLeft == 0) {
            server.loop().execute(server::close);
        }
    }

    private void checkEnds() throws Exception {
        rethrowUncaught();
        check(clientsLeft == 0, clientsLeft + " clients never closed");
        for (End end : ends) {
            end.checkFinished();
        }
    }

    private void rethrowUncaught() {
        if (!uncaught.isEmpty()) {
            throw new AssertionError("a callback threw", uncaught.get(0));
        }
    }

    static void check(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }
}
