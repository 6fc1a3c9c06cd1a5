// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Dates as HTTP writes them, always with two digits for the day; RFC 9110, section 5.6.7. (What the
 * JDK calls RFC 1123 may have one.)
 */
final class HttpDate {
    static final int LENGTH = 29;

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                    .withZone(ZoneOffset.UTC);

    private HttpDate() {}

    static String format(Instant time) {
        return FORMAT.format(time);
    }
}
