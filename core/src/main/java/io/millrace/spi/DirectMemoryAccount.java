// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the virtual machine says of its direct memory, and how to have it look for garbage. Used
 * only once a request was refused; a runtime without the management modules has no account. Any
 * thread.
 */
final class DirectMemoryAccount {
    private static final long LEAST_PAUSE_NANOS = 1_000_000_000;
    private static final long MOST_PAUSE_NANOS = 60_000_000_000L;

    private static final AtomicBoolean COLLECTING = new AtomicBoolean();

    /** When to collect next, and how long to wait after that. A race costs one collection. */
    private static volatile long collectAt = System.nanoTime() + LEAST_PAUSE_NANOS;

    private static volatile long pauseNanos = LEAST_PAUSE_NANOS;

    /** The account of this process, opened when first asked for. */
    private static final class Open {
        static final Account ACCOUNT = open();

        private static Account open() {
            try {
                return Account.ofVirtualMachine();
            } catch (RuntimeException | LinkageError absent) {
                // The modules are not there, or are another virtual machine's: then nobody knows.
                return (bytes) -> true;
            }
        }
    }

    /** Whether there is room. */
    private interface Account {
        boolean hasRoomFor(int bytes);

        /** Loads the management classes. */
        static Account ofVirtualMachine() {
            BufferPoolMXBean pool =
                    ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                            .filter(each -> each.getName().equals("direct"))
                            .findFirst()
                            .orElseThrow();
            long set =
                    Long.parseLong(
                            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                                    .getVMOption("MaxDirectMemorySize")
                                    .getValue());
            long limit = set == 0 ? Runtime.getRuntime().maxMemory() : set;
            return new Known(pool, limit);
        }
    }

    private record Known(BufferPoolMXBean pool, long limit) implements Account {
        @Override
        public boolean hasRoomFor(int bytes) {
            return pool.getTotalCapacity() + bytes <= limit;
        }
    }

    private DirectMemoryAccount() {}

    /** Whether {@link #hasRoomFor} knows. */
    static boolean isKnown() {
        return Open.ACCOUNT instanceof Known;
    }

    /** Whether the limit leaves so much; if not, unreachable buffers are going to be collected. */
    static boolean hasRoomFor(int bytes) {
        boolean room = Open.ACCOUNT.hasRoomFor(bytes);
        if (room) {
            pauseNanos = LEAST_PAUSE_NANOS;
        } else {
            collectApart();
        }
        return room;
    }

    /**
     * Buffers that nobody refers to any more count until they are collected, which a process that
     * makes little other garbage would never do. The virtual machine does the same when it is asked
     * in vain, but each time, and on the thread that asks.
     */
    private static void collectApart() {
        long now = System.nanoTime();
        if (now - collectAt < 0 || !COLLECTING.compareAndSet(false, true)) {
            return;
        }
        collectAt = now + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, MOST_PAUSE_NANOS);
        boolean started = false;
        try {
            Thread thread = new Thread(DirectMemoryAccount::collect, "millrace-collect");
            thread.setDaemon(true);
            thread.start();
            started = true;
        } catch (OutOfMemoryError noThread) {
            // The pause is over some time, and then it is tried again.
        } finally {
            if (!started) {
                COLLECTING.set(false);
            }
        }
    }

    private static void collect() {
        try {
            System.gc();
        } finally {
            COLLECTING.set(false);
        }
    }
}
