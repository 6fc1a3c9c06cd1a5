// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.reactor.Pollable;
import org.jspecify.annotations.Nullable;

/**
 * Who is registered, by the word that travels through the kernel with each event: generation ‖
 * slot, see {@link SlotTable}. Loop thread only.
 */
public final class Registrations {
    private static final int MAXIMUM = 1 << 30;

    private final SlotTable<Pollable> table = new SlotTable<>(MAXIMUM, "sockets registered");

    public Registrations() {}

    /** Gives the socket a slot and answers its word. */
    public long add(Pollable pollable) {
        int slot = table.add(pollable);
        pollable.slot = slot;
        pollable.generation = table.generation(slot);
        return word(pollable);
    }

    public static long word(Pollable pollable) {
        return (long) pollable.generation << Integer.SIZE | pollable.slot;
    }

    /** The socket with this word, or null if it was removed. */
    public @Nullable Pollable find(long word) {
        return table.find((int) word, (int) (word >>> Integer.SIZE));
    }

    public void remove(Pollable pollable) {
        table.remove(pollable.slot);
        pollable.slot = -1;
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
