// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

/** Small questions about a line's bytes, from an index to before another; RFC 9110, section 5.6. */
final class HttpText {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private static final boolean[] IN_TOKEN = new boolean[128];

    static {
        for (int c = 0; c < IN_TOKEN.length; c++) {
            IN_TOKEN[c] = Character.isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0;
        }
    }

    private HttpText() {}

    /** Where the token that begins at {@code from} ends. */
    static int endOfToken(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] >= 0 && IN_TOKEN[bytes[i]]) {
            i++;
        }
        return i;
    }

    /** Where the first byte is that is not visible ASCII. */
    static int endOfVisible(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] > ' ' && bytes[i] < 0x7f) {
            i++;
        }
        return i;
    }

    static int skipBlanks(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    static int dropBlanks(byte[] bytes, int from, int to) {
        int i = to;
        while (i > from && isBlank(bytes[i - 1])) {
            i--;
        }
        return i;
    }

    /** Whether there are no control characters but tabs; bytes above ASCII are let through. */
    static boolean isText(byte[] bytes, int to) {
        for (int i = 0; i < to; i++) {
            boolean control = (bytes[i] >= 0 && bytes[i] < ' ') || bytes[i] == 0x7f;
            if (control && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    /** Compares without regard to case. */
    static boolean equal(byte[] bytes, int from, int to, byte[] lowerCase) {
        if (to - from != lowerCase.length) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            byte c = bytes[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** The decimal number, or -1 if it is none or has too many digits. */
    static long number(byte[] bytes, int from, int to, int mostDigits) {
        if (from == to || to - from > mostDigits) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }
}
