// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.testkit.contract.DriverRig.Connection;
import org.junit.jupiter.api.Test;

/** Line 10 of the driver contract: a wait waits, ends when it should, and is cheap. */
public abstract class DriverWaitContract extends DriverContract {

    @Test
    void aDriverWithNothingReadyWaits() throws IoException {
        Connection connection = rig.connection();
        connection.server().port().startReceive();
        rig.driver().poll(0);
        long began = rig.nanoTime();
        int waits = rig.context().waits();
        int polls = 0;
        while (rig.nanoTime() - began < 30_000_000) {
            rig.driver().poll(30_000_000);
            polls++;
        }
        assertTrue(polls <= 3, polls + " polls in one wait");
        assertEquals(polls, rig.context().waits() - waits);
    }

    @Test
    void unreadBytesDoNotMakeADriverSpin() throws IoException {
        Connection connection = rig.connection();
        connection.server().port().startReceive();
        rig.driver().poll(0);
        connection.server().port().stopReceive();
        rig.pollUntil("stopped", () -> connection.server().count("stopped") > 0);
        connection.client().offers(bytes(1000));
        rig.sendAll(connection.client());
        rig.driver().poll(1_000_000);
        long began = rig.nanoTime();
        int polls = 0;
        while (rig.nanoTime() - began < 30_000_000) {
            rig.driver().poll(30_000_000);
            polls++;
        }
        assertTrue(polls <= 3, polls + " polls in one wait");
    }

    @Test
    void aPollThatDoesNotWaitCostsAtMostOneSystemCall() throws IoException {
        Connection connection = rig.connection();
        connection.server().port().startReceive();
        rig.driver().poll(0);
        rig.driver().poll(0);
        long before = rig.context().systemCalls();
        for (int i = 0; i < 100; i++) {
            rig.driver().poll(0);
        }
        long calls = rig.context().systemCalls() - before;
        assertTrue(calls <= 100, () -> calls + " system calls in 100 polls");
    }

    @Test
    void aWaitIsNeverShorterThanAskedUnlessSomethingHappens() throws IoException {
        long began = rig.nanoTime();
        rig.driver().poll(20_000_000);
        long waited = rig.nanoTime() - began;
        assertTrue(waited >= 20_000_000, () -> "waited only " + waited + " ns");
    }

    @Test
    void aWakeUpBeforeTheWaitEndsTheNextOne() throws IoException {
        rig.driver().wakeup();
        rig.driver().wakeup();
        int reported = rig.driver().poll(-1);
        assertEquals(0, reported);
        long began = rig.nanoTime();
        rig.driver().poll(20_000_000);
        long waited = rig.nanoTime() - began;
        assertTrue(waited >= 20_000_000, "one wait for any number of wake-ups");
    }
}
