// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.spi.DirectoryNotices;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What notes changes, for the loop and for the threads that add directories: closed when the last
 * of them has left, so that no thread uses a descriptor that may be somebody else's by then.
 */
final class SharedNotices {
    /** How they are opened. */
    interface Source {
        DirectoryNotices open() throws IoException;
    }

    private final Source source;
    private final AtomicInteger inside = new AtomicInteger(1);
    private volatile @Nullable DirectoryNotices notices;

    SharedNotices(Source source) {
        this.source = source;
    }

    /** By one thread, before the loop uses them. */
    DirectoryNotices opened() throws IoException {
        DirectoryNotices known = notices;
        if (known == null) {
            known = source.open();
            notices = known;
        }
        return known;
    }

    DirectoryNotices get() {
        return Objects.requireNonNull(notices, "notices");
    }

    /** Somebody who is inside lets another in. */
    void enter() {
        inside.incrementAndGet();
    }

    void leave() {
        DirectoryNotices known;
        if (inside.decrementAndGet() == 0 && (known = notices) != null) {
            known.close();
        }
    }
}
