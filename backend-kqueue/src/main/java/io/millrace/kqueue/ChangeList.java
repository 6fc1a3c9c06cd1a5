// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/**
 * Changes that the kernel has not been told yet, in the order they were made.
 *
 * <p>Usually they ride along with the next wait. When the answers are needed before, they are
 * applied with receipts, which the kernel writes over the changes: it reads each change before it
 * answers it. Loop thread only.
 */
final class ChangeList {
    private static final int INITIAL_CAPACITY = 64;

    private final Kevents records;
    private int count;

    ChangeList(KeventLayout layout) {
        records = new Kevents(layout, INITIAL_CAPACITY);
    }

    void add(int fd, int filter, int flags, long word) {
        records.ensureCapacity(count + 1);
        records.put(count++, fd, filter, flags, word);
    }

    /** Whether there is room for one more, perhaps after growing. */
    boolean hasRoom() {
        return count < records.capacity() || records.mayHold(count + 1);
    }

    int count() {
        return count;
    }

    long address() {
        return records.address(0);
    }

    /** After the kernel has taken them. */
    void clear() {
        count = 0;
    }

    /** Asks for an answer to each, in place. */
    Kevents withReceipts() {
        for (int i = 0; i < count; i++) {
            records.putFlags(i, records.flags(i) | KeventFlag.RECEIPT);
        }
        return records;
    }

    /** Makes them again what they were, if the kernel refused to look at them. */
    void withoutReceipts() {
        for (int i = 0; i < count; i++) {
            records.putFlags(i, records.flags(i) & ~KeventFlag.RECEIPT);
        }
    }
}
