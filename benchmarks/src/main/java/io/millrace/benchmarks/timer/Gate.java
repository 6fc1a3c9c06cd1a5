// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.timer;

import java.util.concurrent.CountDownLatch;

/** Holds the thread that fires timers until it is opened. */
final class Gate implements Runnable {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** To be run by the thread that is to wait. */
    @Override
    public void run() {
        entered.countDown();
        await(opened);
    }

    void awaitEntered() {
        await(entered);
    }

    void open() {
        opened.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
