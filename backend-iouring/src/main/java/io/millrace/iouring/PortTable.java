// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.posix.SlotTable;
import org.jspecify.annotations.Nullable;

/**
 * A loop's ports by slot, see {@link SlotTable}. A file request in flight counts as a port. Loop
 * thread only.
 *
 * <p>A slot is given out again only after its port reported that it is closed, and with the next
 * generation; so even a completion that the kernel should not have sent reaches nobody else.
 */
final class PortTable {
    private final SlotTable<Requester> table =
            new SlotTable<>(UserData.MAXIMUM_SLOTS, "sockets and file requests");

    /** Answers the port's slot. */
    int add(Requester port) {
        return table.add(port);
    }

    int generation(int slot) {
        return table.generation(slot);
    }

    /** Whose completion this is; null if its port is gone. */
    @Nullable Requester find(long userData) {
        return table.find(UserData.slot(userData), UserData.generation(userData));
    }

    /** By slot, see {@link Requester#leftOpen}. */
    int[] leftOpen() {
        int[] descriptors = new int[table.end()];
        for (int slot = 0; slot < descriptors.length; slot++) {
            Requester port = table.at(slot);
            descriptors[slot] = port == null ? Requester.NONE : port.leftOpen();
        }
        return descriptors;
    }

    /** Whether one of them {@linkplain Requester#isOpening is opening} something. */
    boolean anyIsOpening() {
        for (int slot = 0; slot < table.end(); slot++) {
            Requester port = table.at(slot);
            if (port != null && port.isOpening()) {
                return true;
            }
        }
        return false;
    }

    void remove(int slot) {
        table.remove(slot);
    }

    /** How many ports are not closed yet. */
    int size() {
        return table.size();
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
