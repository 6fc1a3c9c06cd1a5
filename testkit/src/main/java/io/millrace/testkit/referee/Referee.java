// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.IoException;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.PoolChunk;
import io.millrace.testkit.ForwardingBackend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Watches the drivers of any number of loops, and remembers the first foul, in case somebody caught
 * the error that it was reported with.
 *
 * <p>Loops may run on different threads; each driver is watched on its own.
 */
public final class Referee {
    private final Queue<RefereedDriver> drivers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sends = new AtomicInteger();
    private volatile @Nullable FoulError firstFoul;

    /** A provider whose drivers are watched. */
    public BackendProvider watch(BackendProvider provider) {
        return new RefereedProvider(provider);
    }

    /** Fails if there was a foul, an operation without its terminal, an open port, a lost chunk. */
    public void assertSettled() {
        assertNoFoul();
        List<String> debts = new ArrayList<>();
        drivers.forEach(driver -> driver.addDebtsTo(debts));
        if (!debts.isEmpty()) {
            throw new FoulError("not settled: " + String.join("; ", debts));
        }
    }

    /** Fails if there was a foul. */
    public void assertNoFoul() {
        FoulError foul = firstFoul;
        if (foul != null) {
            throw foul;
        }
    }

    /** How often a loop asked a driver to send. */
    public int sends() {
        return sends.get();
    }

    void countSend() {
        sends.incrementAndGet();
    }

    FoulError foul(String message) {
        FoulError foul = new FoulError(message);
        if (firstFoul == null) {
            firstFoul = foul;
        }
        return foul;
    }

    static Set<PoolChunk> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private final class RefereedProvider extends ForwardingBackend {
        RefereedProvider(BackendProvider provider) {
            super(provider);
        }

        @Override
        public Driver open(DriverConfig config, LoopContext context) throws IoException {
            RefereedContext watched = new RefereedContext(Referee.this, context);
            Driver driver = provider.open(config, watched);
            RefereedDriver refereed = new RefereedDriver(Referee.this, driver, watched);
            drivers.add(refereed);
            return refereed;
        }
    }
}
