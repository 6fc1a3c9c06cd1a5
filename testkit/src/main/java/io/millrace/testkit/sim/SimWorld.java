// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A simulated machine: its clock, its network, what will happen next, and the one source of chance.
 *
 * <p>Confined to the thread that made it. Loops whose driver came from a {@link SimBackend} of this
 * world live in it. One loop alone may simply be run: its waits move the clock. Several loops are
 * {@linkplain #add added} as participants and then {@linkplain #step stepped}: each step is one
 * turn of a participant chosen by chance, and when none of them has anything to do the clock jumps.
 *
 * <p>Invariant: a jump of the clock stops at the first thing that is due, so nothing is skipped.
 */
public final class SimWorld {
    /**
     * Far beyond what a test of some thousand operations needs; a livelock gets here in a second.
     */
    private static final long DEFAULT_MAXIMUM_POLLS = 1_000_000;

    private static final long LONGEST_POLL_NANOS = 2_000;
    private static final long LONGEST_DELAY_NANOS = 2_000_000;
    private static final long LONGEST_LONG_DELAY_NANOS = 200_000_000;

    private final long seed;
    private final FaultProfile profile;
    private final SplittableRandom random;
    private final FaultSource faults;
    private final Agenda agenda = new Agenda();
    private final SimNetwork network;
    private final SimNumbers numbers;
    private @Nullable SimDisk disk;
    private final List<SimWait> waits = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();

    /** What the clock showed when the world began; real ones begin anywhere, below zero as well. */
    private final long originNanos;

    private final boolean costlyStop;
    private long elapsedNanos;
    private boolean stepping;
    private long polls;
    private long maximumPolls = DEFAULT_MAXIMUM_POLLS;
    private long trace;

    public SimWorld(long seed, FaultProfile profile) {
        this.seed = seed;
        this.profile = profile;
        random = new SplittableRandom(seed);
        faults = new FaultSource(profile, random);
        originNanos = profile == FaultProfile.NONE ? 0 : random.nextLong();
        costlyStop = profile != FaultProfile.NONE && random.nextBoolean();
        network = new SimNetwork(this);
        numbers = new SimNumbers(this);
    }

    /** One loop as the world sees it. */
    public interface Participant {
        /** One turn; answers whether the loop is still alive. */
        boolean turn() throws Exception;
    }

    /** Lets a loop take part in {@link #step}. */
    public void add(Participant participant) {
        members.add(new Member(participant));
    }

    /**
     * One turn of one participant, and a jump of the clock if after it nobody has anything to do.
     *
     * @return false if no participant is alive
     * @throws SimulationError if somebody waits and nothing can ever happen
     */
    public boolean step() {
        turn(members.get(random.nextInt(members.size())));
        boolean anyAlive = false;
        for (Member each : members) {
            if (!each.idle) {
                return true;
            }
            anyAlive |= each.alive;
        }
        if (!anyAlive) {
            return false;
        }
        if (!jump()) {
            throw deadlock();
        }
        return true;
    }

    /** Steps until the condition holds. */
    public void runUntil(String what, BooleanSupplier condition) {
        members.forEach(each -> each.idle = false);
        while (!condition.getAsBoolean()) {
            if (!step()) {
                throw new SimulationError("every loop ended, but never: " + what, this);
            }
        }
    }

    /** Steps until no participant is alive. */
    public void runToEnd() {
        boolean anyAlive;
        do {
            anyAlive = step();
        } while (anyAlive);
    }

    /** Monotonic nanoseconds of this world, for {@code LoopContext.nanoTime}. */
    public long nanoTime() {
        return originNanos + elapsedNanos;
    }

    /** Nanoseconds since the world began. */
    public long elapsedNanos() {
        return elapsedNanos;
    }

    /** Lets time pass with nobody looking, as when a machine is suspended. */
    public void elapse(long nanos) {
        elapsedNanos += nanos;
    }

    /** The world's source of chance, for programs that run in it and must replay as well. */
    public SplittableRandom random() {
        return random;
    }

    /** Runs each task after a while, on the simulation's thread: the twin of a thread pool. */
    public Executor executor() {
        return task -> agenda.at(elapsedNanos + delayNanos(), task);
    }

    /** Fixes the chance of one kind of fault, whatever the profile says. */
    public SimWorld with(Fault fault, double chance) {
        faults.set(fault, chance);
        return this;
    }

    /**
     * Gives the world a disk, before a loop is opened: files are on it, and not the machine's.
     *
     * @return the disk, with nothing but a directory
     */
    public SimDisk addDisk(Path root) {
        faults.addFiles();
        SimDisk empty = new SimDisk(this, root);
        disk = empty;
        return empty;
    }

    /** Gives the world what a crash has left of the disk of another, before a loop is opened. */
    public void addDiskAfterCrash(SimDisk crashed) {
        faults.addFiles();
        disk = new SimDisk(this, crashed);
    }

    /** Null if files are the machine's. */
    @Nullable SimDisk disk() {
        return disk;
    }

    /** How often a fault has struck. */
    public int count(Fault fault) {
        return faults.count(fault);
    }

    /** How many sockets may be open at once; after that, making one more fails with EMFILE. */
    public void limitDescriptors(int maximum) {
        network.limitDescriptors(maximum);
    }

    /** How many polls fail the run as a livelock. */
    public void limitPolls(long maximum) {
        maximumPolls = maximum;
    }

    /** Descriptors that can be passed over Unix-domain connections of this world. */
    public SimNumbers numbers() {
        return numbers;
    }

    /** How many sockets are open, and {@linkplain #numbers() numbers} with them. */
    public int openSockets() {
        return network.openSockets();
    }

    /** A hash over everything that happened; two runs of one seed have the same. */
    public long trace() {
        return trace;
    }

    /** The longest row of polls, over all loops, that claimed to be ready and moved nothing. */
    public int longestStall() {
        return waits.stream().mapToInt(wait -> wait.meter().longestStall()).max().orElse(0);
    }

    /** What to write on the command line to see this run again. */
    public String replayHint() {
        return "seed "
                + seed
                + ", profile "
                + profile.propertyValue()
                + ": replay with -Dmillrace.sim.seed="
                + seed
                + " -Dmillrace.sim.profile="
                + profile.propertyValue();
    }

    @Override
    public String toString() {
        return "SimWorld[" + replayHint() + ", " + elapsedNanos + " ns, faults " + faults + "]";
    }

    /** Whether loops are told that to stop a receive costs more than to hold a chunk. */
    boolean hasCostlyStop() {
        return costlyStop;
    }

    FaultProfile profile() {
        return profile;
    }

    SimNetwork network() {
        return network;
    }

    boolean strikes(Fault fault) {
        return faults.strikes(fault);
    }

    void trace(long value) {
        trace = trace * 31 + value;
    }

    void after(long delayNanos, Runnable action) {
        agenda.at(elapsedNanos + delayNanos, action);
    }

    /** How long something takes that is neither instant nor slow. */
    long delayNanos() {
        return faults.strikes(Fault.DELAY) ? random.nextLong(LONGEST_DELAY_NANOS) : 0;
    }

    /** How long something takes that is held up. */
    long longDelayNanos() {
        return random.nextLong(LONGEST_LONG_DELAY_NANOS);
    }

    SimWait join() {
        SimWait wait = new SimWait(this);
        waits.add(wait);
        return wait;
    }

    void leave(SimWait wait) {
        waits.remove(wait);
    }

    boolean stepping() {
        return stepping;
    }

    /** A poll begins: it takes a little time, and there may be only so many. */
    void countPoll() {
        if (++polls > maximumPolls) {
            throw new SimulationError("livelock: more than " + maximumPolls + " polls", this);
        }
        elapsedNanos += 1 + random.nextLong(LONGEST_POLL_NANOS);
        runDue();
    }

    void runDue() {
        while (agenda.runNext(elapsedNanos)) {
            trace(elapsedNanos);
        }
    }

    /**
     * Moves the clock to the next thing that happens, at most to the limit.
     *
     * @return false if nothing will happen before the limit, and the limit is never
     */
    boolean advance(long limitNanos) {
        long next = Math.min(agenda.nextNanos(), limitNanos);
        for (SimWait wait : waits) {
            next = Math.min(next, wait.agenda().nextNanos());
        }
        if (next == Agenda.NEVER) {
            return false;
        }
        elapsedNanos = Math.max(elapsedNanos, next);
        runDue();
        return true;
    }

    SimulationError deadlock() {
        return new SimulationError("deadlock: nothing can ever happen", this);
    }

    private void turn(Member member) {
        stepping = true;
        try {
            member.turn();
        } catch (Exception e) {
            throw new IllegalStateException("a loop failed [" + replayHint() + "]", e);
        } finally {
            stepping = false;
        }
        if (!member.idle) {
            // What it did may concern the others: their idleness has to be seen again.
            members.forEach(each -> each.idle = false);
        }
    }

    /** Everybody waits: on to whatever ends one of the waits. */
    private boolean jump() {
        members.forEach(each -> each.idle = false);
        long limit = Agenda.NEVER;
        for (SimWait wait : waits) {
            if (wait.isReady()) {
                return true;
            }
            limit = Math.min(limit, wait.deadlineNanos());
        }
        return advance(limit);
    }

    private final class Member {
        final Participant participant;
        boolean alive;

        /** Whether its last turn ended in a wait, or needed none, and nobody did anything since. */
        boolean idle;

        Member(Participant participant) {
            this.participant = participant;
        }

        void turn() throws Exception {
            long pollsBefore = polls;
            waits.forEach(SimWait::forget);
            alive = participant.turn();
            idle = polls == pollsBefore;
            for (SimWait wait : waits) {
                idle |= wait.waited();
            }
        }
    }
}
