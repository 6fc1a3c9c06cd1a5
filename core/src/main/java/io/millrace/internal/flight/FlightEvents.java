// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events, each with its fields; docs/operations.md lists them. Loaded only where there is
 * {@code jdk.jfr}.
 */
@SuppressWarnings("unused") // The recorder reads the fields.
final class FlightEvents {
    private FlightEvents() {}

    /**
     * Whether anybody has recorded something in this process. An event loads a hundred classes of
     * the recorder's, which took a third of what opening the first loop takes.
     */
    static boolean areWanted() {
        return FlightRecorder.isInitialized();
    }

    static void loopOpened(String backend, String reason) {
        LoopOpened event = new LoopOpened();
        if (event.shouldCommit()) {
            event.backend = backend;
            event.reason = reason;
            event.commit();
        }
    }

    static void backendPassedOver(String refusal) {
        BackendPassedOver event = new BackendPassedOver();
        if (event.shouldCommit()) {
            event.refusal = refusal;
            event.commit();
        }
    }

    static void loopStalled(
            Object loop, @Nullable String thread, long nanos, boolean over, String stack) {
        LoopStalled event = new LoopStalled();
        if (event.shouldCommit()) {
            event.loop = loop.toString();
            event.loopThread = thread;
            event.stalled = nanos;
            event.over = over;
            event.stack = stack;
            event.commit();
        }
    }

    static void cannotAccept(Object server, Throwable reason) {
        CannotAccept event = new CannotAccept();
        if (event.shouldCommit()) {
            event.server = server.toString();
            event.reason = reason.toString();
            event.commit();
        }
    }

    static void buffersScarce(Object stream) {
        BuffersScarce event = new BuffersScarce();
        if (event.shouldCommit()) {
            event.stream = stream.toString();
            event.commit();
        }
    }

    static void queueFull(Object stream, long queuedBytes, long bytes, long limit) {
        QueueFull event = new QueueFull();
        if (event.shouldCommit()) {
            event.stream = stream.toString();
            event.queuedBytes = queuedBytes;
            event.bytes = bytes;
            event.limit = limit;
            event.commit();
        }
    }

    @Name("millrace.LoopOpened")
    @Label("Loop Opened")
    @Category("Millrace")
    @Description("A loop was opened, and on which backend")
    private static final class LoopOpened extends Event {
        @Label("Backend")
        @Nullable String backend;

        @Label("Reason")
        @Nullable String reason;
    }

    @Name("millrace.BackendPassedOver")
    @Label("Backend Passed Over")
    @Category("Millrace")
    @Description("A backend that was wished for, or is better, could not be had")
    private static final class BackendPassedOver extends Event {
        @Label("Backend And Reason")
        @Nullable String refusal;
    }

    @Name("millrace.LoopStalled")
    @Label("Loop Stalled")
    @Category("Millrace")
    @Description("A loop is, or has been, in one turn for longer than its stall limit")
    @StackTrace(false)
    private static final class LoopStalled extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Thread Of The Loop")
        @Nullable String loopThread;

        @Label("Time In This Turn")
        @Timespan(Timespan.NANOSECONDS)
        long stalled;

        @Label("Whether It Has Gone On")
        boolean over;

        @Label("Where The Thread Was")
        @Nullable String stack;
    }

    @Name("millrace.CannotAccept")
    @Label("Cannot Accept")
    @Category("Millrace")
    @Description("A server could not accept a connection, which waits in its backlog")
    private static final class CannotAccept extends Event {
        @Label("Server")
        @Nullable String server;

        @Label("Reason")
        @Nullable String reason;
    }

    @Name("millrace.BuffersScarce")
    @Label("Buffers Scarce")
    @Category("Millrace")
    @Description("A stream waits, because all receive buffers of its loop are on loan")
    private static final class BuffersScarce extends Event {
        @Label("Stream")
        @Nullable String stream;
    }

    @Name("millrace.QueueFull")
    @Label("Queue Full")
    @Category("Millrace")
    @Description("A write was refused, because the queue of its stream has reached its limit")
    private static final class QueueFull extends Event {
        @Label("Stream")
        @Nullable String stream;

        @Label("Bytes In The Queue")
        long queuedBytes;

        @Label("Bytes Of The Write")
        long bytes;

        @Label("Limit In Bytes")
        long limit;
    }
}
