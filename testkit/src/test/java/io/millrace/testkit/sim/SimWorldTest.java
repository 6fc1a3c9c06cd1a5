// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.ScriptedStream;
import io.millrace.testkit.sim.SimBackend.Boundary;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulated world's own promises, above all that its alarms work: canaries that must fail. */
class SimWorldTest {
    private final SimWorld world = new SimWorld(7, FaultProfile.NONE);

    private static Driver open(SimWorld world, Boundary boundary) throws IoException {
        ScriptedContext context = new ScriptedContext(world::nanoTime);
        return new SimBackend(world, boundary).open(DriverConfig.DEFAULT, context);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void aWaitThatNothingCanEndIsADeadlock(Boundary boundary) throws IoException {
        Driver driver = open(world, boundary);
        SimulationError error = assertThrows(SimulationError.class, () -> driver.poll(-1));
        assertTrue(error.getMessage().startsWith("deadlock: nothing can ever happen"));
        assertTrue(
                error.getMessage().contains("-Dmillrace.sim.seed=7 -Dmillrace.sim.profile=none"));
    }

    @Test
    void aDeadlockOfSteppedLoopsIsFoundWhenAllOfThemWait() throws IoException {
        Driver first = open(world, Boundary.COMPLETION);
        Driver second = open(world, Boundary.LEVEL);
        world.add(() -> first.poll(-1) >= 0);
        world.add(() -> second.poll(-1) >= 0);
        assertThrows(SimulationError.class, world::runToEnd);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void aWaitTakesNoRealTime(Boundary boundary) throws IoException {
        Driver driver = open(world, boundary);
        long anHour = 3_600_000_000_000L;
        long before = world.elapsedNanos();
        driver.poll(anHour);
        assertTrue(world.elapsedNanos() - before >= anHour);
    }

    @Test
    void theClockOfSteppedLoopsJumpsToTheNearestDeadline() throws IoException {
        Driver first = open(world, Boundary.COMPLETION);
        Driver second = open(world, Boundary.EDGE);
        List<Long> wokenAt = new ArrayList<>();
        world.add(() -> first.poll(5_000_000_000L) >= 0 && wokenAt.add(world.elapsedNanos()));
        world.add(() -> second.poll(1_000_000_000L) >= 0);
        world.runUntil("both waited and time passed", () -> world.elapsedNanos() > 900_000_000L);
        assertTrue(world.elapsedNanos() < 1_100_000_000L, () -> "at " + world.elapsedNanos());
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void aWakeUpEndsAWait(Boundary boundary) throws IoException {
        Driver driver = open(world, boundary);
        driver.wakeup();
        assertEquals(0, driver.poll(-1));
    }

    @Test
    void aLoopThatNeverEndsIsALivelock() throws IoException {
        Driver driver = open(world, Boundary.COMPLETION);
        world.limitPolls(1000);
        SimulationError error =
                assertThrows(
                        SimulationError.class,
                        () -> {
                            while (driver.poll(0) >= 0) {
                                driver.wakeup();
                            }
                        });
        assertTrue(error.getMessage().startsWith("livelock"));
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void pollsThatClaimWorkAndDoNoneAreCounted(Boundary boundary) throws IoException {
        Driver driver = open(world, boundary);
        for (int i = 0; i < 20; i++) {
            driver.poll(0);
        }
        assertEquals(19, world.longestStall());
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void pollsThatSleptOrMovedSomethingAreNotCounted(Boundary boundary) throws IoException {
        Driver driver = open(world, boundary);
        for (int i = 0; i < 20; i++) {
            driver.poll(1000);
            driver.wakeup();
            driver.poll(0);
        }
        assertTrue(world.longestStall() <= 1);
    }

    @Test
    void theSameSeedHappensTheSameWayTwice() throws IoException {
        long first = SimTransfer.run(new SimWorld(11, FaultProfile.ROUGH), Boundary.COMPLETION);
        long again = SimTransfer.run(new SimWorld(11, FaultProfile.ROUGH), Boundary.COMPLETION);
        long other = SimTransfer.run(new SimWorld(12, FaultProfile.ROUGH), Boundary.COMPLETION);
        assertEquals(first, again);
        assertNotEquals(first, other);
    }

    @Test
    void aLimitOfDescriptorsHolds() throws IoException {
        world.limitDescriptors(1);
        Driver driver = open(world, Boundary.COMPLETION);
        ScriptedStream sink = new ScriptedStream();
        sink.on(driver.streams().stream(StandardProtocolFamily.INET, sink));
        IoException failure =
                assertThrows(
                        IoException.class,
                        () -> driver.streams().stream(StandardProtocolFamily.INET, sink));
        assertEquals("EMFILE", failure.errorName());
        assertEquals(1, world.openSockets());
    }

    @Test
    void aDriverThatIsClosedTooSoonIsFoundOut() throws IoException {
        Driver driver = open(world, Boundary.COMPLETION);
        ScriptedStream sink = new ScriptedStream();
        sink.on(driver.streams().stream(StandardProtocolFamily.INET, sink));
        assertThrows(SimulationError.class, driver::close);
    }
}
