// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that uses half of a CPU, in bursts of random length, for the bench to prove itself
 * against. It ends when its standard input does.
 */
public final class Disturber {
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private Disturber() {}

    public static void main(String[] arguments) throws Exception {
        Thread bursts = new Thread(Disturber::burstForEver, "bursts");
        bursts.setDaemon(true);
        bursts.start();
        while (System.in.read() >= 0) {
            // Nothing is said to it.
        }
    }

    private static void burstForEver() {
        SplittableRandom random = new SplittableRandom();
        while (true) {
            long end = System.nanoTime() + random.nextLong(LONGEST_NANOS);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            LockSupport.parkNanos(random.nextLong(LONGEST_NANOS));
        }
    }
}
