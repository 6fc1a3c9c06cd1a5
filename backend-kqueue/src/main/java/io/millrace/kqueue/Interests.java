// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.Registrations;
import io.millrace.spi.reactor.Pollable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who is watched, and for what: the library's own record of the kernel's filters, as they are or
 * will be once the kernel has the queued changes. Loop thread only.
 */
final class Interests {
    private final Registrations registrations = new Registrations();

    /** Index: {@link Pollable#slot}. */
    private int[] masks = new int[64];

    /** Takes note of a socket, without interest so far. */
    void add(Pollable pollable) {
        registrations.add(pollable);
        if (pollable.slot >= masks.length) {
            grow(pollable);
        }
        masks[pollable.slot] = 0;
    }

    private void grow(Pollable added) {
        try {
            masks = Arrays.copyOf(masks, 2 * masks.length);
        } catch (OutOfMemoryError noRoom) {
            registrations.remove(added);
            throw noRoom;
        }
    }

    /** The socket with this word, or null if it was removed. */
    @Nullable Pollable find(long word) {
        return registrations.find(word);
    }

    int of(Pollable pollable) {
        return masks[pollable.slot];
    }

    void set(Pollable pollable, int interest) {
        masks[pollable.slot] = interest;
    }

    void remove(Pollable pollable) {
        registrations.remove(pollable);
    }

    @Override
    public String toString() {
        return registrations.toString();
    }
}
