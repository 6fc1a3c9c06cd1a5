// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;

/**
 * The highest descriptor an engine can watch, and what to do about it. Descriptors grow with the
 * whole process, so one that is too high can come at any time.
 *
 * @param count how many descriptors, from 0 on, can be watched
 * @param advice the end of the sentence "descriptor N is …"
 */
public record DescriptorLimit(int count, String advice) {
    public static final DescriptorLimit NONE = new DescriptorLimit(Integer.MAX_VALUE, "");

    /** Refuses a descriptor that is too high. */
    void check(int fd, String operation) throws IoException {
        if (fd >= count) {
            throw IoException.because(
                    Code.TOO_MANY_FILES, operation, "descriptor " + fd + " is " + advice);
        }
    }
}
