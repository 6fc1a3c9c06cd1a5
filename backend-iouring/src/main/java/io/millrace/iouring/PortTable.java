// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A loop's ports by slot, so that a completion finds its port by an array index. A file request in
 * flight counts as a port. Loop thread only.
 *
 * <p>A slot is given out again only after its port reported that it is closed, and with the next
 * generation; so even a completion that the kernel should not have sent reaches nobody else.
 */
final class PortTable {
    private static final int INITIAL_CAPACITY = 64;

    private @Nullable Requester[] ports = new Requester[INITIAL_CAPACITY];
    private int[] generations = new int[INITIAL_CAPACITY];

    /** Slots that are free again, last in first out. */
    private int[] free = new int[INITIAL_CAPACITY];

    private int freeCount;
    private int used;

    /** Answers the port's slot. */
    int add(Requester port) {
        int slot = freeCount > 0 ? free[--freeCount] : nextSlot();
        ports[slot] = port;
        return slot;
    }

    private int nextSlot() {
        if (used == ports.length) {
            if (used == UserData.MAXIMUM_SLOTS) {
                throw new IllegalStateException(
                        "a loop has at most " + used + " sockets and file requests");
            }
            @Nullable Requester[] morePorts = Arrays.copyOf(ports, used * 2);
            int[] moreGenerations = Arrays.copyOf(generations, used * 2);
            free = Arrays.copyOf(free, used * 2);
            generations = moreGenerations;
            ports = morePorts;
        }
        return used++;
    }

    int generation(int slot) {
        return generations[slot];
    }

    /** Whose completion this is; null if its port is gone. */
    @Nullable Requester find(long userData) {
        int slot = UserData.slot(userData);
        boolean current = slot < used && generations[slot] == UserData.generation(userData);
        return current ? ports[slot] : null;
    }

    /** By slot, see {@link Requester#leftOpen}. */
    int[] leftOpen() {
        int[] descriptors = new int[used];
        for (int slot = 0; slot < used; slot++) {
            Requester port = ports[slot];
            descriptors[slot] = port == null ? Requester.NONE : port.leftOpen();
        }
        return descriptors;
    }

    /** Whether one of them {@linkplain Requester#isOpening is opening} something. */
    boolean anyIsOpening() {
        for (int slot = 0; slot < used; slot++) {
            Requester port = ports[slot];
            if (port != null && port.isOpening()) {
                return true;
            }
        }
        return false;
    }

    void remove(int slot) {
        ports[slot] = null;
        generations[slot]++;
        free[freeCount++] = slot;
    }

    /** How many ports are not closed yet. */
    int size() {
        return used - freeCount;
    }
}
