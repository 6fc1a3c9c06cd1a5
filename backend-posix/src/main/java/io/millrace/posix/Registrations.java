// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.reactor.Pollable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who is registered, by the word that travels through the kernel with each event: generation ‖
 * slot.
 *
 * <p>A slot's generation changes whenever the slot is given back, so an event that was fetched
 * before a socket was removed finds nobody, even if the next socket has the same slot and the same
 * descriptor number. Loop thread only.
 */
public final class Registrations {
    private static final int INITIAL_CAPACITY = 64;

    private @Nullable Pollable[] pollables = new Pollable[INITIAL_CAPACITY];
    private int[] generations = new int[INITIAL_CAPACITY];

    /**
     * Slots given back, the last one on top; all others are in use or at {@code used} and above.
     */
    private int[] free = new int[INITIAL_CAPACITY];

    private int freeCount;
    private int used;

    public Registrations() {}

    /** Gives the socket a slot and answers its word. */
    public long add(Pollable pollable) {
        if (freeCount == 0 && used == pollables.length) {
            grow();
        }
        int slot = freeCount > 0 ? free[--freeCount] : used++;
        pollables[slot] = pollable;
        pollable.slot = slot;
        pollable.generation = generations[slot];
        return word(pollable);
    }

    public static long word(Pollable pollable) {
        return (long) pollable.generation << Integer.SIZE | pollable.slot;
    }

    /** The socket with this word, or null if it was removed. */
    public @Nullable Pollable find(long word) {
        int slot = (int) word;
        return generations[slot] == (int) (word >>> Integer.SIZE) ? pollables[slot] : null;
    }

    public void remove(Pollable pollable) {
        int slot = pollable.slot;
        pollables[slot] = null;
        generations[slot]++;
        free[freeCount++] = slot;
        pollable.slot = -1;
    }

    private void grow() {
        int capacity = 2 * pollables.length;
        @Nullable Pollable[] morePollables = Arrays.copyOf(pollables, capacity);
        int[] moreGenerations = Arrays.copyOf(generations, capacity);
        free = Arrays.copyOf(free, capacity);
        generations = moreGenerations;
        pollables = morePollables;
    }
}
