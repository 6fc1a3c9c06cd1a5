// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import org.jspecify.annotations.Nullable;

/** The files that wait in a write queue to be sent, in their order. Loop thread only. */
final class QueuedFiles {
    private @Nullable FileRegion first;
    private @Nullable FileRegion last;

    /** Those of them of which it is not known how long they are. */
    private int unknownLengths;

    boolean isEmpty() {
        return first == null;
    }

    boolean hasUnknownLength() {
        return unknownLengths > 0;
    }

    void add(FileRegion file) {
        if (last == null) {
            first = file;
        } else {
            last.nextFile = file;
        }
        last = file;
        unknownLengths += file.isLengthKnown() ? 0 : 1;
    }

    /** One of them has become known. */
    void lengthIsKnown() {
        unknownLengths--;
    }

    /** The first has ended. */
    void remove(FileRegion file) {
        assert file == first : "files end in their order";
        first = file.nextFile;
        last = first == null ? null : last;
        unknownLengths -= file.isLengthKnown() ? 0 : 1;
    }

    /**
     * Has the first opened, and the one behind it while that is sent. All at once would take as
     * many descriptors as the user has patience.
     */
    void open() {
        if (first != null) {
            first.open();
            if (first.nextFile != null) {
                first.nextFile.open();
            }
        }
    }
}
