// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.charset.StandardCharsets;

/**
 * An answer that is always the same but for its date, encoded in advance.
 *
 * <p>Invariant: {@code bytes} are the head up to its last header, the empty line at {@link
 * #headEnd}, and the body.
 */
final class HttpAnswer {
    private static final String DATE_MARK = "Date: ";

    final byte[] bytes;

    /** Where the headers end, and the empty line begins. */
    final int headEnd;

    private final int dateAt;

    HttpAnswer(HttpStatus status, String headers, String body) {
        this(status, headers, "text/plain", body);
    }

    HttpAnswer(HttpStatus status, String headers, String type, String body) {
        String head =
                head(status, "?".repeat(HttpDate.LENGTH), headers)
                        + ("Content-Type: " + type + "\r\n")
                        + "Content-Length: "
                        + body.length()
                        + "\r\n";
        bytes = (head + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
        headEnd = head.length();
        dateAt = head.indexOf(DATE_MARK) + DATE_MARK.length();
    }

    /** The beginning of any answer. */
    static String head(HttpStatus status, String date, String headers) {
        return "HTTP/1.1 "
                + status.code
                + " "
                + status.reason
                + "\r\nServer: millrace\r\n"
                + DATE_MARK
                + date
                + "\r\n"
                + headers;
    }

    void date(byte[] date) {
        System.arraycopy(date, 0, bytes, dateAt, date.length);
    }
}
