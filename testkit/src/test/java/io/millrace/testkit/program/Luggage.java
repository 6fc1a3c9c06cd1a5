// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.net.PassedDescriptors;
import io.millrace.testkit.sim.SimNumbers;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one client gives to its stream beside bytes: descriptors, each row with a byte, and a name.
 * Its echo looks here for what it is to get.
 */
final class Luggage {
    private static final int MOST = 3;

    private final SimNumbers numbers;
    private final List<Row> rows = new ArrayList<>();

    /** What the client is bound to, if it is. */
    @Nullable SocketAddress name;

    private record Row(long position, List<Integer> things) {}

    Luggage(SimNumbers numbers) {
        this.numbers = numbers;
    }

    /** New descriptors, to go with the byte at this position. */
    int[] pack(long position, SplittableRandom random) {
        int[] packed = new int[1 + random.nextInt(MOST)];
        List<Integer> things = new ArrayList<>();
        for (int i = 0; i < packed.length; i++) {
            packed[i] = numbers.open();
            things.add(numbers.whatIs(packed[i]));
        }
        rows.add(new Row(position, things));
        return packed;
    }

    void close(int[] packed) {
        for (int each : packed) {
            numbers.close(each);
        }
    }

    /** How many rows go with the first so many bytes. */
    int rowsWithin(long bytes) {
        int count = 0;
        while (count < rows.size() && rows.get(count).position < bytes) {
            count++;
        }
        return count;
    }

    /** Whether a row that has come is the one that was to come, as far as it was taken. */
    void checkArrived(int number, Arrived arrived) {
        check(number < rows.size(), "descriptors that nobody has passed");
        List<Integer> things = rows.get(number).things;
        int count = arrived.things.size();
        check(
                arrived.lost ? count < things.size() : count == things.size(),
                count + " of " + things.size() + " descriptors came, some lost: " + arrived.lost);
        for (int i = 0; i < count; i++) {
            Integer thing = arrived.things.get(i);
            check(thing == null || thing.equals(things.get(i)), "another descriptor than passed");
        }
    }

    /** A row as it came: what was taken of it, and null for the rest. */
    static final class Arrived {
        final List<@Nullable Integer> things = new ArrayList<>();
        final boolean lost;

        /** Takes some of them, which are closed sooner or later by {@code close}. */
        Arrived(
                PassedDescriptors descriptors,
                SimNumbers numbers,
                SplittableRandom random,
                List<Integer> taken) {
            lost = descriptors.someWereLost();
            for (int i = 0; i < descriptors.count(); i++) {
                if (random.nextInt(3) == 0) {
                    things.add(null);
                } else {
                    int number = descriptors.take(i);
                    taken.add(number);
                    things.add(numbers.whatIs(number));
                }
            }
        }
    }
}
