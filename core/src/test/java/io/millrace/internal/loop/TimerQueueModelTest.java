// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The queue against a sorted set that knows nothing of heap, wheels and buckets: whatever is
 * started, stopped, restarted, also by what expires, each call runs the same, at the same times.
 */
class TimerQueueModelTest {
    private static final int SEEDS = 15;
    private static final int NODES = 1500;

    /** The furthest that a timer may be ahead: 146 years. */
    private static final int LONGEST = 62;

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -(3L << 60), Long.MAX_VALUE - 5, Long.MIN_VALUE, 123_456_789_012L})
    void agreesWithASortedSetWhereverTheClockBegins(long begin) {
        for (int seed = 0; seed < SEEDS; seed++) {
            new Game(seed, begin).play();
        }
    }

    /** One before, at, and one after the borders of the buckets of each level, from near to far. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 4096, -1, -4096, -(3L << 60), Long.MAX_VALUE, Long.MIN_VALUE})
    void keepsOrderAndTimesAtTheBordersOfBuckets(long begin) {
        for (int copies : new int[] {1, TimerQueue.FEW / 8, TimerQueue.FEW + 1}) {
            Game game = new Game(1, begin);
            for (int level = 0; level < TimerQueue.LEVELS; level++) {
                long span = 1L << (TimerQueue.SMALLEST_SPAN + level * TimerQueue.DIGIT_BITS);
                for (long border : new long[] {span, 2 * span, 3 * span, 63 * span, 64 * span}) {
                    if (border > 0 && border < 1L << LONGEST) {
                        for (int copy = 0; copy < copies; copy++) {
                            game.start(game.newNode(), border + 1);
                            game.start(game.newNode(), border - 1);
                            game.start(game.newNode(), border);
                        }
                    }
                }
            }
            game.drain();
        }
    }

    @Test
    void aClockThatJumpsFindsAllThatIsDueInOrder() {
        Game game = new Game(3, 0);
        for (int i = 0; i < 10_000; i++) {
            game.start(game.newNode(), 1 + game.randomDelay(50));
        }
        game.now += 1L << 55;
        game.drain();
    }

    /**
     * The nearest are begun last: the edge between near and far has to go back, again and again.
     */
    @Test
    void everNearerTimersAreInOrder() {
        Game game = new Game(4, 0);
        for (int bits = LONGEST - 1; bits >= 0; bits--) {
            for (int i = 0; i < 3 * TimerQueue.FEW; i++) {
                game.start(game.newNode(), (1L << bits) + game.randomDelay(bits));
            }
            game.checkNext();
        }
        game.drain();
    }

    @Test
    void manyWithOneDeadlineRunInTheOrderOfTheirStarts() {
        Game game = new Game(5, 77);
        for (int i = 0; i < 5_000; i++) {
            game.start(game.newNode(), 1_000_000);
            if (i % 1000 == 999) {
                game.checkNext();
            }
        }
        for (int i = 0; i < 5_000; i += 3) {
            game.start(game.nodes.get(i), 1_000_000);
        }
        game.drain();
    }

    /** Nodes and what they are expected to do. */
    private static final class Game {
        private final TimerQueue queue = new TimerQueue();
        private final TreeSet<Node> model = new TreeSet<>(Game::compare);
        private final List<Node> nodes = new ArrayList<>();
        private final Deque<Node> expected = new ArrayDeque<>();
        private final Random random;
        private final int spread;
        private long now;
        private long starts;

        Game(long seed, long begin) {
            random = new Random(seed);
            now = begin;
            spread = 1 + random.nextInt(LONGEST);
        }

        /** Differences, so that the clock may wrap. */
        private static int compare(Node one, Node other) {
            long difference = one.due - other.due;
            return difference != 0 ? Long.signum(difference) : Long.compare(one.order, other.order);
        }

        void play() {
            int steps = 200 + random.nextInt(4 * NODES);
            for (int step = 0; step < steps; step++) {
                step();
            }
            drain();
        }

        private void step() {
            switch (random.nextInt(16)) {
                case 0 -> stop(anyNode());
                case 1 -> checkNext();
                case 2 -> {
                    pass();
                    runDue();
                }
                case 3 -> burst();
                default -> start(anyNode(), randomDelay(spread));
            }
        }

        /** Many close together, so that one bucket has to be spread. */
        private void burst() {
            long delay = randomDelay(spread);
            int closeness = random.nextInt(spread + 1);
            for (int left = random.nextInt(3 * TimerQueue.FEW); left > 0; left--) {
                long more = delay + randomDelay(closeness);
                start(anyNode(), Math.min(more, 1L << LONGEST));
            }
        }

        /** To the next deadline, or just before it, or any distance at all. */
        private void pass() {
            if (model.isEmpty() || random.nextInt(4) == 0) {
                pass(randomDelay(random.nextInt(spread + 1)));
            } else {
                pass(Math.max(0, model.first().due - now - random.nextInt(2)));
            }
        }

        /** No further than that what is left stays comparable with what is begun next. */
        private void pass(long nanos) {
            long oldest = model.isEmpty() ? now : model.first().due;
            now += Math.max(0, Math.min(nanos, (1L << (LONGEST - 1)) - Math.max(0, now - oldest)));
        }

        private Node anyNode() {
            int index = random.nextInt(NODES);
            return index < nodes.size() ? nodes.get(index) : newNode();
        }

        Node newNode() {
            Node node = new Node(this);
            nodes.add(node);
            return node;
        }

        /** Evenly over the powers of two. */
        long randomDelay(int bits) {
            return bits == 0 ? 0 : random.nextLong() >>> (64 - 1 - random.nextInt(bits));
        }

        void start(Node node, long delay) {
            forget(node);
            node.due = now + delay;
            node.order = starts++;
            model.add(node);
            queue.start(node, node.due);
        }

        void stop(Node node) {
            forget(node);
            queue.stop(node);
        }

        private void forget(Node node) {
            model.remove(node);
            expected.remove(node);
        }

        void runDue() {
            while (!model.isEmpty()
                    && model.first().due - now <= 0
                    && expected.size() < TurnShares.CALLBACKS) {
                expected.add(model.pollFirst());
            }
            boolean any = !expected.isEmpty();
            assertEquals(any, queue.runDue(now));
            assertTrue(expected.isEmpty(), "some due nodes have not run");
            checkNext();
        }

        void checkNext() {
            assertEquals(model.isEmpty(), queue.isEmpty());
            if (!model.isEmpty()) {
                assertEquals(Math.max(0, model.first().due - now), queue.untilNext(now));
            }
        }

        /** Runs all to the end, and never a nanosecond early. */
        void drain() {
            while (!model.isEmpty()) {
                long left = Math.max(0, model.first().due - now);
                if (left > 0) {
                    now += left - 1;
                    assertFalse(queue.runDue(now));
                    now++;
                }
                runDue();
            }
            checkEmpty();
        }

        void checkEmpty() {
            assertTrue(queue.isEmpty());
            for (Node node : nodes) {
                assertEquals(TimerNode.IDLE, node.place);
                assertEquals(null, node.next);
                assertEquals(null, node.previous);
            }
        }

        private void expired(Node node) {
            assertEquals(expected.poll(), node);
            switch (random.nextInt(12)) {
                case 0 -> stop(anyNode());
                case 1 -> start(node, 0);
                case 2 -> start(node, randomDelay(spread));
                case 3 -> start(anyNode(), randomDelay(spread));
                default -> {}
            }
        }
    }

    private static final class Node extends TimerNode {
        private final Game game;
        private long due;
        private long order = -1;

        Node(Game game) {
            this.game = game;
        }

        @Override
        public void expire() {
            game.expired(this);
        }
    }
}
