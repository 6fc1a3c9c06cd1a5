// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** First in, first out, each at most once, and again after it has left. */
class IntrusiveQueueTest {
    private static final class Waiting extends IntrusiveQueue.Link<Waiting> {}

    private final IntrusiveQueue<Waiting> queue = new IntrusiveQueue<>();
    private final Waiting first = new Waiting();
    private final Waiting second = new Waiting();
    private final Waiting third = new Waiting();

    @Test
    void thoseThatJoinTwiceAreInItOnce() {
        queue.add(first);
        queue.add(second);
        queue.add(first);
        queue.add(second);
        assertSame(first, queue.first());
        queue.removeFirst(first);
        assertSame(second, queue.first());
        queue.removeFirst(second);
        assertTrue(queue.isEmpty());
        assertNull(queue.first());
    }

    @Test
    void whoHasLeftMayJoinAgain() {
        queue.add(first);
        queue.removeFirst(first);
        queue.add(second);
        queue.add(first);
        assertSame(second, queue.first());
        queue.removeFirst(second);
        assertSame(first, queue.first());
    }

    @Test
    void whoJoinsWhileAllAreTakenOffIsForTheNextTime() {
        queue.add(first);
        queue.add(second);
        Waiting link = queue.takeAll();
        assertTrue(queue.isEmpty());
        int taken = 0;
        while (link != null) {
            Waiting current = link;
            link = link.takeOff();
            queue.add(third);
            queue.add(current);
            taken++;
        }
        assertEquals(2, taken);
        assertSame(third, queue.first());
        queue.removeFirst(third);
        assertSame(first, queue.first());
        queue.removeFirst(first);
        assertSame(second, queue.first());
    }

    @Test
    void whoIsStillInTheChainIsQueued() {
        queue.add(first);
        queue.add(second);
        Waiting link = queue.takeAll();
        queue.add(second);
        assertTrue(queue.isEmpty());
        assertSame(first, link);
        assertSame(second, first.takeOff());
        assertNull(second.takeOff());
    }
}
