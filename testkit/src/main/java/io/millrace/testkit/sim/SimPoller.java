// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Readiness made of chance: in any order, only a part at a time, now and then untrue.
 *
 * <p>What it never does is lose a level, or an edge that it was told of.
 */
final class SimPoller implements Poller {
    private static final int LARGEST_BATCH = 64;

    private final SimWorld world;
    private final LoopContext context;
    private final SimWait wait;
    private final boolean edgeTriggered;
    private final List<Registration> registrations = new ArrayList<>();

    SimPoller(SimWorld world, LoopContext context, boolean edgeTriggered) {
        this.world = world;
        this.context = context;
        this.edgeTriggered = edgeTriggered;
        wait = world.join();
        wait.endsWhen(() -> registrations.stream().anyMatch(r -> r.mask() != 0));
    }

    @Override
    public boolean edgeTriggered() {
        return edgeTriggered;
    }

    @Override
    public int add(Pollable pollable, int interest) {
        if (find(pollable) != null) {
            throw error("a socket was added twice");
        }
        if (edgeTriggered && interest != (READ | WRITE)) {
            throw error("an edge-triggered poller is told READ and WRITE, once");
        }
        if (world.strikes(Fault.REGISTRATION_FAILURE)) {
            return DeclaredCodes.REGISTER.draw(world.random());
        }
        SimDescriptor descriptor = ((SimPollable) pollable).simDescriptor();
        Registration registration = new Registration(pollable, descriptor, interest);
        registrations.add(registration);
        descriptor.watch(registration);
        ((SimPollable) pollable).registered(true);
        wait.meter().progressed();
        return Code.OK;
    }

    @Override
    public int modify(Pollable pollable, int interest) {
        if (edgeTriggered) {
            throw error("an edge-triggered registration was modified");
        }
        Registration registration = registered(pollable);
        if (registration.interest == interest) {
            throw error("a registration was modified to what it was");
        }
        registration.interest = interest;
        return Code.OK;
    }

    @Override
    public int remove(Pollable pollable) {
        Registration registration = registered(pollable);
        registration.descriptor.watch(mask -> {});
        registrations.remove(registration);
        ((SimPollable) pollable).registered(false);
        return Code.OK;
    }

    @Override
    public int select(long timeoutNanos, Ready to) {
        if (timeoutNanos != 0) {
            context.waitBegins();
        }
        wait.await(timeoutNanos);
        context.countSystemCalls(1);
        List<Registration> ready = choose();
        context.waitEnded(ready.size());
        for (Registration registration : ready) {
            // An earlier one may have removed it; then it must hear nothing.
            if (registrations.contains(registration)) {
                registration.tell(to);
            }
        }
        return ready.size();
    }

    @Override
    public void wakeup() {
        wait.wake();
    }

    @Override
    public void close() {
        if (!registrations.isEmpty()) {
            throw error("closed with " + registrations.size() + " sockets registered");
        }
        wait.leave();
    }

    ProgressMeter meter() {
        return wait.meter();
    }

    /** What this wait reports: some of what is ready, shuffled, and perhaps a lie. */
    private List<Registration> choose() {
        List<Registration> ready = new ArrayList<>();
        for (Registration registration : registrations) {
            registration.lie = 0;
            if (world.strikes(Fault.SPURIOUS_READINESS)) {
                registration.lie = registration.interest;
                wait.meter().excuse();
            }
            if (registration.mask() != 0 || registration.lie != 0) {
                ready.add(registration);
            }
        }
        Collections.shuffle(ready, new Random(world.random().nextLong()));
        int most = 1 + world.random().nextInt(LARGEST_BATCH);
        return ready.size() <= most ? ready : ready.subList(0, most);
    }

    private Registration registered(Pollable pollable) {
        Registration registration = find(pollable);
        if (registration == null) {
            throw error("a socket that was never added");
        }
        return registration;
    }

    private @Nullable Registration find(Pollable pollable) {
        for (Registration registration : registrations) {
            if (registration.pollable == pollable) {
                return registration;
            }
        }
        return null;
    }

    private SimulationError error(String message) {
        return new SimulationError(message, world);
    }

    private final class Registration implements SimDescriptor.Watcher {
        final Pollable pollable;
        final SimDescriptor descriptor;
        int interest;

        /** Edge-triggered: what changed since it was last told. */
        private int changed;

        private int lie;

        Registration(Pollable pollable, SimDescriptor descriptor, int interest) {
            this.pollable = pollable;
            this.descriptor = descriptor;
            this.interest = interest;
            changed = descriptor.readiness();
        }

        @Override
        public void changed(int mask) {
            changed |= mask;
        }

        int mask() {
            int now = descriptor.readiness();
            return (edgeTriggered ? changed & now : now) & heard();
        }

        /** Like epoll's, a level says that the peer has finished only to those who would read. */
        private int heard() {
            return edgeTriggered || (interest & READ) != 0 ? interest | HANGUP : interest;
        }

        /** As epoll does, an edge may bring along everything that is true by now. */
        void tell(Ready to) {
            int mask = mask() | lie;
            if (edgeTriggered && world.random().nextBoolean()) {
                mask |= descriptor.readiness() & heard();
            }
            changed = 0;
            world.trace(mask);
            to.ready(pollable, mask);
        }
    }
}
