// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.net.PassedDescriptors;
import io.millrace.spi.Passed;

/** The one implementation of {@link PassedDescriptors}. */
public final class ArrivedDescriptors implements PassedDescriptors {
    private static final int TAKEN = -1;

    private final int[] numbers;
    private final boolean someWereLost;
    private boolean over;

    ArrivedDescriptors(Passed passed) {
        numbers = passed.descriptors();
        someWereLost = passed.someWereLost();
    }

    @Override
    public int count() {
        return numbers.length;
    }

    @Override
    public int take(int index) {
        int number = numbers[index];
        if (over || number == TAKEN) {
            throw new IllegalStateException(
                    "descriptor " + index + " was taken before, or the handler has returned");
        }
        numbers[index] = TAKEN;
        return number;
    }

    @Override
    public boolean someWereLost() {
        return someWereLost;
    }

    /** The handler has returned: those that are left, to be closed. */
    int[] left() {
        over = true;
        return java.util.Arrays.stream(numbers).filter(number -> number != TAKEN).toArray();
    }
}
