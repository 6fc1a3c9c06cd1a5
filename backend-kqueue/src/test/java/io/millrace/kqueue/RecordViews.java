// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.NativeMemory;

/**
 * Arrays of records at addresses that callers name. The latest few are kept, so that a caller who
 * keeps using the same memory costs no garbage. Guarded by the queue.
 */
final class RecordViews {
    private static final int KEPT = 4;

    private final KeventLayout layout;
    private final Kevents[] views = new Kevents[KEPT];
    private int next;

    RecordViews(KeventLayout layout) {
        this.layout = layout;
    }

    Kevents of(long address, int count) {
        for (Kevents view : views) {
            if (view != null && view.address(0) == address && view.capacity() >= count) {
                return view;
            }
        }
        Kevents view = new Kevents(layout, NativeMemory.at(address, count * layout.bytes));
        views[next] = view;
        next = (next + 1) % KEPT;
        return view;
    }
}
