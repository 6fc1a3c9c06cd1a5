// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.load.Payload;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kind of load, written {@code connections/bytes/inFlight}.
 *
 * @param connections how many there are, from the first request to the last
 * @param bytes in a message
 * @param inFlight messages of a connection that are under way at any time
 */
record Shape(int connections, int bytes, int inFlight) {
    /** As many as a load generator can have towards one address and port with room to spare. */
    private static final int MOST_CONNECTIONS = 16_000;

    private static final Pattern NOTATION = Pattern.compile("(\\d{1,7})/(\\d{1,7})/(\\d{1,7})");
    private static final int KIBIBYTE = 1024;

    static Shape parse(String text) throws UsageException {
        Matcher matcher = NOTATION.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException(
                    "a shape is connections/bytes/inFlight such as 64/64/1, not " + text);
        }
        Shape shape = new Shape(number(matcher, 1), number(matcher, 2), number(matcher, 3));
        if (shape.connections < 1 || shape.bytes < 1 || shape.inFlight < 1) {
            throw new UsageException("a shape has no zeros: " + text);
        }
        if (shape.connections > MOST_CONNECTIONS) {
            throw new UsageException(
                    "a shape has at most " + MOST_CONNECTIONS + " connections: " + text);
        }
        if ((long) shape.bytes * shape.inFlight > Payload.LONGEST) {
            throw new UsageException(
                    "a connection has at most " + Payload.LONGEST + " B in flight: " + text);
        }
        return shape;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    /** In words. */
    String words() {
        String size = bytes % KIBIBYTE == 0 ? bytes / KIBIBYTE + " KiB" : bytes + " B";
        return String.format(
                Locale.ROOT,
                "%,d connection%s, %s, %d in flight",
                connections,
                connections == 1 ? "" : "s",
                size,
                inFlight);
    }

    @Override
    public String toString() {
        return connections + "/" + bytes + "/" + inFlight;
    }
}
