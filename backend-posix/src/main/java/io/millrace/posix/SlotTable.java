// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who is meant by a number that travels through the kernel: each has a slot, so that it is found by
 * an array index, and the slot's generation at that time.
 *
 * <p>A slot's generation changes whenever the slot is given back. So what comes late, for one that
 * was removed, finds nobody, even if the slot's next owner has the same descriptor number. Loop
 * thread only.
 */
public final class SlotTable<T> {
    private static final int INITIAL_CAPACITY = 64;

    private final int maximum;
    private final String what;
    private @Nullable Object[] owners = new Object[INITIAL_CAPACITY];
    private int[] generations = new int[INITIAL_CAPACITY];

    /**
     * Slots given back, the last one on top; all others are in use or at {@code used} and above.
     */
    private int[] free = new int[INITIAL_CAPACITY];

    private int freeCount;
    private int used;

    /**
     * @param maximum how many there can be, a power of two from 64 on
     * @param what their name in the plural, for the message that there are too many
     */
    public SlotTable(int maximum, String what) {
        assert Integer.bitCount(maximum) == 1 && maximum >= INITIAL_CAPACITY;
        this.maximum = maximum;
        this.what = what;
    }

    /**
     * Answers the slot that {@code owner} has until {@link #remove}.
     *
     * @throws IllegalStateException if there are too many
     */
    public int add(T owner) {
        int slot = freeCount > 0 ? free[--freeCount] : nextSlot();
        owners[slot] = owner;
        return slot;
    }

    private int nextSlot() {
        if (used == owners.length) {
            if (used == maximum) {
                throw new IllegalStateException("a loop has at most " + used + " " + what);
            }
            grow();
        }
        return used++;
    }

    /** All or nothing, for there may be no memory. */
    private void grow() {
        @Nullable Object[] moreOwners = Arrays.copyOf(owners, used * 2);
        int[] moreGenerations = Arrays.copyOf(generations, used * 2);
        free = Arrays.copyOf(free, used * 2);
        generations = moreGenerations;
        owners = moreOwners;
    }

    /** The slot's generation, which tells its owners apart. */
    public int generation(int slot) {
        return generations[slot];
    }

    /** Who has the slot since that generation; null if it was removed. */
    public @Nullable T find(int slot, int generation) {
        return slot < used && generations[slot] == generation ? at(slot) : null;
    }

    /** Who has the slot, of those below {@link #end}; null if nobody has it now. */
    @SuppressWarnings("unchecked") // Only add puts something there.
    public @Nullable T at(int slot) {
        return (T) owners[slot];
    }

    /** One more than the highest slot that was ever in use. */
    public int end() {
        return used;
    }

    /** Gives the slot back. */
    public void remove(int slot) {
        assert owners[slot] != null : "nobody has the slot";
        owners[slot] = null;
        generations[slot]++;
        free[freeCount++] = slot;
    }

    /** How many slots are in use. */
    public int size() {
        return used - freeCount;
    }

    @Override
    public String toString() {
        return size() + " " + what + " in " + used + " of " + owners.length + " slots";
    }
}
