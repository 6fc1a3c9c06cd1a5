// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

/** What values of options may be, of streams and of datagram sockets. */
public final class OptionValues {
    private static final int LARGEST_TRAFFIC_CLASS = 255;

    private OptionValues() {}

    /** The value, if it is from 0 to 255. */
    public static int trafficClass(int value) {
        if (value < 0 || value > LARGEST_TRAFFIC_CLASS) {
            throw new IllegalArgumentException("a traffic class is 0 to 255: " + value);
        }
        return value;
    }

    /** The length of a buffer, if it is one. */
    public static int bufferBytes(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a buffer must have at least 1 byte: " + bytes);
        }
        return bytes;
    }
}
