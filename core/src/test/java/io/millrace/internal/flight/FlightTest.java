// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.fixture.FakeBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording has of Millrace. */
class FlightTest {
    private static final List<String> EVENTS =
            List.of(
                    "LoopOpened",
                    "BackendPassedOver",
                    "LoopStalled",
                    "CannotAccept",
                    "BuffersScarce",
                    "QueueFull");

    @TempDir private Path directory;

    @Test
    void eachEventIsRecordedWithItsFields() throws IOException {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            EVENTS.forEach(each -> recording.enable("millrace." + each));
            recording.start();
            EventLoop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build()).close();
            Flight.backendPassedOver("io_uring: switched off");
            Flight.loopStalled("Loop[x]", "worker", 2_000_000, true, "at here");
            Flight.cannotAccept("server", new IOException("EMFILE"));
            Flight.buffersScarce("stream");
            Flight.queueFull("stream", 10, 20, 25);
            recording.stop();
            recording.dump(file);
        }

        Map<String, RecordedEvent> events =
                RecordingFile.readAllEvents(file).stream()
                        .filter(each -> each.getEventType().getName().startsWith("millrace."))
                        .collect(
                                Collectors.toMap(
                                        each -> each.getEventType().getName().substring(9),
                                        each -> each));

        assertEquals(Set.copyOf(EVENTS), events.keySet());
        assertEquals("fake-good", field(events, "LoopOpened", "backend"));
        assertEquals("given in the loop's options", field(events, "LoopOpened", "reason"));
        assertEquals("io_uring: switched off", field(events, "BackendPassedOver", "refusal"));
        assertEquals(2, events.get("LoopStalled").getDuration("stalled").toMillis());
        assertEquals("worker", field(events, "LoopStalled", "loopThread"));
        assertEquals("java.io.IOException: EMFILE", field(events, "CannotAccept", "reason"));
        assertEquals("stream", field(events, "BuffersScarce", "stream"));
        assertEquals(25, events.get("QueueFull").getLong("limit"));
    }

    /** Whatever an event is of may be unable to say what it is. */
    @Test
    void whatCannotBeRecordedIsLeftOut() {
        Object mute =
                new Object() {
                    @Override
                    public String toString() {
                        throw new IllegalStateException("thrown on purpose");
                    }
                };
        try (Recording recording = new Recording()) {
            recording.enable("millrace.BuffersScarce");
            recording.start();
            Flight.buffersScarce(mute);
        }
    }

    private static String field(Map<String, RecordedEvent> events, String event, String name) {
        return events.get(event).getString(name);
    }
}
