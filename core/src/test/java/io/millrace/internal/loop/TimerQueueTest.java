// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The queue of deadlines against a sorted list, and its promises one by one. */
class TimerQueueTest {
    private final TimerQueue queue = new TimerQueue();
    private final List<String> fired = new ArrayList<>();

    @Test
    void firesInOrderOfDeadlinesAndThenOfStarts() {
        start("c", 30);
        start("a1", 10);
        start("b", 20);
        start("a2", 10);
        queue.runDue(30);
        assertEquals(List.of("a1", "a2", "b", "c"), fired);
        assertTrue(queue.isEmpty());
    }

    @Test
    void doesNotFireBeforeTheDeadline() {
        start("a", 10);
        queue.runDue(9);
        assertEquals(List.of(), fired);
        assertEquals(1, queue.untilNext(9));
        assertEquals(0, queue.untilNext(11));
    }

    @Test
    void restartingMovesANodeBehindEqualDeadlines() {
        TimerNode a = start("a", 10);
        start("b", 10);
        queue.start(a, 10);
        queue.runDue(10);
        assertEquals(List.of("b", "a"), fired);
    }

    @Test
    void aDueNodeStoppedByAnotherDoesNotFire() {
        TimerNode[] second = new TimerNode[1];
        queue.start(node("first", () -> queue.stop(second[0])), 10);
        second[0] = start("second", 10);
        queue.runDue(10);
        assertEquals(List.of("first"), fired);
    }

    @Test
    void aDueNodeRestartedByAnotherFiresAtItsNewDeadlineOnly() {
        TimerNode[] second = new TimerNode[1];
        queue.start(node("first", () -> queue.start(second[0], 20)), 10);
        second[0] = start("second", 10);
        queue.runDue(10);
        assertEquals(List.of("first"), fired);
        queue.runDue(20);
        assertEquals(List.of("first", "second"), fired);
    }

    @Test
    void aNodeStartedAgainWithoutDelayWaitsForTheNextPass() {
        TimerNode[] self = new TimerNode[1];
        self[0] = node("again", () -> queue.start(self[0], 10));
        queue.start(self[0], 10);
        queue.runDue(10);
        assertEquals(List.of("again"), fired);
        queue.runDue(10);
        assertEquals(List.of("again", "again"), fired);
    }

    @Test
    void keepsOrderWhenTheClockWraps() {
        start("after", Long.MIN_VALUE + 5);
        start("before", Long.MAX_VALUE - 5);
        queue.runDue(Long.MAX_VALUE);
        assertEquals(List.of("before"), fired);
        queue.runDue(Long.MIN_VALUE + 5);
        assertEquals(List.of("before", "after"), fired);
    }

    @Test
    void stoppingTwiceIsHarmless() {
        TimerNode a = start("a", 1);
        queue.stop(a);
        queue.stop(a);
        queue.runDue(2);
        assertTrue(fired.isEmpty());
        assertTrue(queue.isEmpty());
    }

    @Test
    void agreesWithASortedListOverRandomStartsAndStops() {
        for (int seed = 0; seed < 50; seed++) {
            compareWithSortedList(new Random(seed));
        }
    }

    /** As the loop's own nodes may: whoever is due behind one must not be lost with it. */
    @Test
    void aFailureLeavesThoseBehindItDue() {
        queue.start(
                node(
                        "fails",
                        () -> {
                            throw new IllegalStateException("on purpose");
                        }),
                10);
        TimerNode stopped = start("stopped", 10);
        start("behind", 10);
        queue.start(node("stops", () -> queue.stop(stopped)), 9);
        assertThrows(IllegalStateException.class, () -> queue.runDue(10));
        assertEquals(List.of("stops", "fails"), fired);
        assertFalse(queue.isEmpty());
        assertEquals(0, queue.untilNext(10));
        queue.runDue(10);
        assertEquals(List.of("stops", "fails", "behind"), fired);
        assertTrue(queue.isEmpty());
    }

    private void compareWithSortedList(Random random) {
        record Expected(String name, long deadline, TimerNode node) {}
        List<Expected> model = new ArrayList<>();
        fired.clear();
        for (int step = 0; step < 500; step++) {
            if (model.isEmpty() || random.nextInt(3) > 0) {
                long deadline = random.nextInt(100);
                String name = "t" + step;
                model.add(new Expected(name, deadline, start(name, deadline)));
            } else {
                queue.stop(model.remove(random.nextInt(model.size())).node());
            }
        }
        assertFalse(queue.isEmpty());
        model.sort(Comparator.comparingLong(Expected::deadline));
        queue.runDue(100);
        assertEquals(model.stream().map(Expected::name).toList(), fired);
    }

    private TimerNode start(String name, long deadline) {
        TimerNode node = node(name, () -> {});
        queue.start(node, deadline);
        return node;
    }

    private TimerNode node(String name, Runnable then) {
        return new TimerNode() {
            @Override
            public void expire() {
                fired.add(name);
                then.run();
            }
        };
    }
}
