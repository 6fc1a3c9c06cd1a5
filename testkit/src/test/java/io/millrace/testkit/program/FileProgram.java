// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.testkit.referee.Referee;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimDisk;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A random program of files, at every boundary, on a disk that takes in part, fails, runs full and
 * crashes.
 *
 * <ol>
 *   <li>A few actors work on one loop: one appends to a log, one reads and writes blocks, one
 *       makes, renames and removes names. Each knows what must be there, and looks.
 *   <li>Each operation ends exactly once, never on its caller's stack; also those of a file that is
 *       closed meanwhile.
 *   <li>In every third world, the machine crashes at some moment. Then what was synced must be
 *       there, read by another loop.
 *   <li>In the others the loop must end by itself, and nothing may be left: no operation, no open
 *       file, no long row of turns without progress.
 * </ol>
 */
final class FileProgram {
    static final Path ROOT = Path.of("/simulated").toAbsolutePath();

    private static final int LONGEST_STALL = 20;
    private static final int LONGEST_LIFE = 400;

    private final SimWorld world;
    private final Boundary boundary;
    private final Referee referee = new Referee();
    private final List<FileActor> actors = new ArrayList<>();
    private final List<Throwable> uncaught = new ArrayList<>();

    private FileProgram(SimWorld world, Boundary boundary) {
        this.world = world;
        this.boundary = boundary;
    }

    /**
     * Runs the program of a seed; whatever it throws is a fault found.
     *
     * @return the world it ran in, which knows what struck
     */
    static SimWorld play(long seed, FaultProfile profile, Boundary boundary) throws Exception {
        SimWorld world = new SimWorld(seed, profile);
        FileProgram program = new FileProgram(world, boundary);
        try {
            program.run(seed, profile != FaultProfile.HOSTILE);
            return world;
        } catch (Throwable failure) {
            throw new AssertionError(
                    "at boundary "
                            + boundary
                            + ", "
                            + world.replayHint()
                            + ", actors "
                            + program.actors,
                    failure);
        }
    }

    /** For a class loader that holds a mutant; see {@code Mutant}. */
    static void play(long seed, String profile, String boundary) throws Exception {
        play(seed, FaultProfile.valueOf(profile), Boundary.valueOf(boundary));
    }

    private void run(long seed, boolean kind) throws IOException {
        SimDisk disk = world.addDisk(ROOT);
        EventLoop loop = open(world);
        for (int i = 1 + world.random().nextInt(3); i > 0; i--) {
            Path own = ROOT.resolve("actor-" + i);
            actors.add(
                    switch (world.random().nextInt(3)) {
                        case 0 -> new LogActor(loop, world.random(), kind, own);
                        case 1 -> new BlockActor(loop, world.random(), kind, own);
                        default -> new TreeActor(loop, world.random(), kind, own);
                    });
        }
        boolean crashes = world.random().nextInt(3) == 0;
        int turns = crashes ? world.random().nextInt(LONGEST_LIFE) : Integer.MAX_VALUE;
        actors.forEach(FileActor::begin);
        boolean alive = true;
        while (alive && turns > 0) {
            alive = loop.run(RunMode.ONCE);
            rethrowUncaught();
            turns--;
        }
        if (crashes) {
            SimWorld next = new SimWorld(seed, FaultProfile.NONE);
            next.addDiskAfterCrash(disk);
            lookAfterCrash(next);
            return;
        }
        actors.forEach(FileActor::checkFinished);
        loop.close();
        check(disk.openFiles() == 0, disk.openFiles() + " files are open");
        referee.assertSettled();
        check(
                world.longestStall() <= LONGEST_STALL,
                world.longestStall() + " turns in a row without progress");
    }

    /** The other loop is let go of as it is: nobody turns it any more. */
    private void lookAfterCrash(SimWorld next) throws IOException {
        EventLoop loop = open(next);
        for (FileActor actor : actors) {
            actor.lookAfterCrash(loop);
        }
        loop.run();
        rethrowUncaught();
        loop.close();
    }

    private EventLoop open(SimWorld in) throws IoException {
        return EventLoop.open(
                LoopOptions.builder()
                        .provider(referee.watch(new SimBackend(in, boundary)))
                        .clock(in::nanoTime)
                        .workExecutor(in.executor())
                        .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                        .build());
    }

    private void rethrowUncaught() {
        if (!uncaught.isEmpty()) {
            throw new AssertionError("a callback threw", uncaught.get(0));
        }
        actors.forEach(FileActor::checkSound);
    }
}
