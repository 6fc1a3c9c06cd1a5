// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.flight;

import org.jspecify.annotations.Nullable;

/**
 * The one way to put something into a flight recording. Any thread. Where there is no recording
 * that wants it, nothing is put together; where there is no module {@code jdk.jfr}, nothing is
 * done. It never throws: nobody who records something may end by it.
 */
public final class Flight {
    private static final boolean AVAILABLE = isAvailable();

    private Flight() {}

    private static boolean isAvailable() {
        try {
            Class.forName("jdk.jfr.Event", false, Flight.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    /** A loop was opened on a backend, which was chosen because of {@code reason}. */
    public static void loopOpened(String backend, String reason) {
        record(() -> FlightEvents.loopOpened(backend, reason));
    }

    /** A backend that came before the one a loop got could not be had. */
    public static void backendPassedOver(String refusal) {
        record(() -> FlightEvents.backendPassedOver(refusal));
    }

    /**
     * A loop has been in one turn for longer than its limit.
     *
     * @param nanos how long by now, or in all once it has gone on
     * @param stack where its thread was when that was noticed
     */
    public static void loopStalled(
            Object loop, @Nullable String thread, long nanos, boolean over, String stack) {
        record(() -> FlightEvents.loopStalled(loop, thread, nanos, over, stack));
    }

    /** A server could not accept, for want of descriptors or memory. */
    public static void cannotAccept(Object server, Throwable reason) {
        record(() -> FlightEvents.cannotAccept(server, reason));
    }

    /** A stream has to wait for receive buffers: all of its loop's are on loan. */
    public static void buffersScarce(Object stream) {
        record(() -> FlightEvents.buffersScarce(stream));
    }

    /** A write was refused, as the queue had no room for it. */
    public static void queueFull(Object stream, long queuedBytes, long bytes, long limit) {
        record(() -> FlightEvents.queueFull(stream, queuedBytes, bytes, limit));
    }

    private static void record(Runnable event) {
        if (!AVAILABLE) {
            return;
        }
        try {
            if (FlightEvents.areWanted()) {
                event.run();
            }
        } catch (Throwable unrecorded) {
            // A recording that lacks an event is better than a loop that ends by one.
        }
    }
}
