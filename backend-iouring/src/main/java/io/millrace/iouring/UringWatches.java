// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.posix.LibcSockets;
import io.millrace.spi.Code;
import io.millrace.spi.LoopContext;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches through a ring. A few of them are looked at every few milliseconds, as long as the loop
 * turns anyway, because no ring tells when somebody closes a descriptor.
 */
final class UringWatches implements WatchEngine {
    private static final long LOOK_NANOS = 10_000_000;

    /** How many are looked at then; the others have their turn later. */
    private static final int LOOKS = 8;

    private final UringDriver driver;
    private final LibcSockets sockets;
    private final LoopContext context;
    private final List<UringWatch> open = new ArrayList<>();
    private int nextLook;
    private long lookedAt;

    UringWatches(UringDriver driver, LibcSockets sockets, LoopContext context) {
        this.driver = driver;
        this.sockets = sockets;
        this.context = context;
    }

    @Override
    public int events() {
        return ALL;
    }

    @Override
    public WatchPort watch(int descriptor, WatchSink sink) throws IoException {
        int number = sockets.watch(descriptor).descriptor();
        UringWatch watch = new UringWatch(driver, this, number, sink);
        open.add(watch);
        return watch;
    }

    void remove(UringWatch watch) {
        open.remove(watch);
    }

    /** A socket of this loop has this number now, so nobody else's can. */
    void numberIsGiven(int descriptor) {
        for (UringWatch each : open) {
            if (each.isOf(descriptor)) {
                each.fail(Code.BAD_DESCRIPTOR);
            }
        }
    }

    /** What poll(2) says of a descriptor now; 0 if it cannot say. */
    int readiness(int descriptor, int events) {
        driver.countSystemCall();
        return Math.max(0, sockets.poll(descriptor, events));
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    void lookAtSome() {
        long now = context.nanoTime();
        if (now - lookedAt < LOOK_NANOS) {
            return;
        }
        lookedAt = now;
        for (int left = Math.min(LOOKS, open.size()); left > 0; left--) {
            nextLook = nextLook < open.size() ? nextLook : 0;
            open.get(nextLook++).look();
        }
    }
}
