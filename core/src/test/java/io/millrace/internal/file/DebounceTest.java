// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What comes of several changes of a path, at times that the test gives. */
class DebounceTest {
    private static final Path FILE = Path.of("file");

    private final Debounce debounce = new Debounce(10);
    private long now = Long.MAX_VALUE - 30;

    private @Nullable DirectoryChange add(Kind kind) {
        return debounce.add(DirectoryChange.of(kind, FILE, false), now);
    }

    private @Nullable Kind after(Kind... kinds) {
        for (Kind each : kinds) {
            assertNull(add(each));
            now += 3;
        }
        assertNull(debounce.takeDue(now));
        now += 10;
        DirectoryChange change = debounce.takeDue(now);
        assertEquals(Debounce.NOTHING, debounce.due());
        return change == null ? null : change.kind();
    }

    @Test
    void whatIsToldIsWhatHasBecomeOfThePath() {
        assertEquals(Kind.CREATED, after(Kind.CREATED, Kind.MODIFIED, Kind.WRITTEN));
        assertNull(after(Kind.CREATED, Kind.WRITTEN, Kind.DELETED));
        assertEquals(Kind.MODIFIED, after(Kind.DELETED, Kind.CREATED, Kind.WRITTEN));
        assertEquals(Kind.MODIFIED, after(Kind.MODIFIED, Kind.DELETED, Kind.CREATED));
        assertEquals(Kind.WRITTEN, after(Kind.MODIFIED, Kind.WRITTEN, Kind.ATTRIBUTES));
        assertEquals(Kind.DELETED, after(Kind.MODIFIED, Kind.DELETED));
        assertNull(after(Kind.CREATED, Kind.DELETED, Kind.CREATED, Kind.DELETED));
    }

    @Test
    void aPathThatIsNeverQuietIsToldAllTheSame() {
        DirectoryChange told = null;
        for (int i = 0; i <= 20 && told == null; i++) {
            told = add(Kind.MODIFIED);
            now += 5;
        }
        assertNotNull(told);
        assertEquals(Debounce.NOTHING, debounce.due());
    }

    @Test
    void pathsAreDueInTheOrderOfTheirLastChanges() {
        Path other = Path.of("other");
        add(Kind.MODIFIED);
        now++;
        debounce.add(DirectoryChange.of(Kind.DELETED, other, false), now);
        now++;
        add(Kind.MODIFIED);
        now += 20;
        DirectoryChange first = debounce.takeDue(now);
        DirectoryChange second = debounce.take();
        assertNotNull(first);
        assertNotNull(second);
        assertEquals(other, first.path());
        assertEquals(FILE, second.path());
    }
}
