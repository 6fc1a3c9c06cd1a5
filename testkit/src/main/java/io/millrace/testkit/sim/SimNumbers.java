// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Passed;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Descriptors of the simulated process that can be passed: numbers that stand for something.
 * Several may stand for the same, as duplicates do. They count among a world's sockets, so that
 * there may be too many, and what leaks is seen.
 */
public final class SimNumbers {
    private static final int FIRST = 1_000;

    private final SimWorld world;

    /** What each open number stands for. */
    private final Map<Integer, Integer> open = new HashMap<>();

    private int nextNumber = FIRST;
    private int things;

    /** How many are on their way, and so nobody's. */
    private int underway;

    SimNumbers(SimWorld world) {
        this.world = world;
    }

    /** A number for something that there was not before, whatever limit there is. */
    public int open() {
        return give(things++);
    }

    /**
     * What a number stands for: the same for all duplicates.
     *
     * @throws IllegalArgumentException if it is not open
     */
    public int whatIs(int number) {
        Integer thing = open.get(number);
        if (thing == null) {
            throw new IllegalArgumentException("not an open descriptor: " + number);
        }
        return thing;
    }

    /**
     * Closes a number, whoever else has a duplicate.
     *
     * @throws IllegalArgumentException if it is not open
     */
    public void close(int number) {
        if (open.remove(number) == null) {
            throw new IllegalArgumentException("closed, and was not open: " + number);
        }
        world.network().countClosed();
    }

    /** How many have been passed and have neither come nor been dropped. */
    public int underway() {
        return underway;
    }

    private int give(int thing) {
        int number = nextNumber++;
        open.put(number, thing);
        world.network().countOpened();
        return number;
    }

    boolean areOpen(int[] numbers) {
        return Arrays.stream(numbers).allMatch(open::containsKey);
    }

    /** What these stand for goes on its way, whatever becomes of the numbers. */
    int[] leave(int[] numbers) {
        underway += numbers.length;
        return Arrays.stream(numbers).map(this::whatIs).toArray();
    }

    /** It has arrived: with new numbers, as far as there are any. */
    Passed arrive(int[] things) {
        underway -= things.length;
        int count = things.length;
        if (world.strikes(Fault.DESCRIPTORS_LOST)) {
            count = world.random().nextInt(count);
        }
        int[] numbers = new int[count];
        int given = 0;
        while (given < count && !world.network().isFull()) {
            numbers[given] = give(things[given]);
            given++;
        }
        return new Passed(Arrays.copyOf(numbers, given), given < things.length);
    }

    /** It never arrives. */
    void drop(int[] things) {
        underway -= things.length;
    }
}
