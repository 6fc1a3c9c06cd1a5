// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers, as long as they hold and as many as there is room for; those go first that nobody has
 * asked for longest. Belongs to one loop, whose time it is told.
 */
final class DnsCache {
    private final Map<DnsQuery.Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final int mostEntries;
    private final long mostBytes;
    private long bytes;

    /** An answer, and when it came. */
    record Entry(DnsAnswer answer, long since) {
        long age(long now) {
            return TimeUnit.NANOSECONDS.toSeconds(now - since);
        }
    }

    DnsCache(int mostEntries, long mostBytes) {
        this.mostEntries = mostEntries;
        this.mostBytes = mostBytes;
    }

    /** What holds of a question now, or null. */
    @Nullable Entry get(DnsQuery.Key key, long now) {
        Entry entry = entries.get(key);
        if (entry != null && entry.age(now) >= entry.answer.seconds()) {
            remove(key);
            return null;
        }
        return entry;
    }

    void put(DnsQuery.Key key, DnsAnswer answer, long now) {
        remove(key);
        if (answer.seconds() == 0 || answer.bytes() > mostBytes || mostEntries == 0) {
            return;
        }
        entries.put(key, new Entry(answer, now));
        bytes += answer.bytes();
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > mostBytes || entries.size() > mostEntries) {
            bytes -= oldest.next().answer.bytes();
            oldest.remove();
        }
    }

    private void remove(DnsQuery.Key key) {
        Entry old = entries.remove(key);
        if (old != null) {
            bytes -= old.answer.bytes();
        }
    }

    int size() {
        return entries.size();
    }

    long bytes() {
        return bytes;
    }
}
