// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.charset.StandardCharsets;

/** Understands the first line of a request: method, target, version; RFC 9112, section 3. */
final class HttpRequestLine {
    private static final byte[] GET = ascii("GET");
    private static final byte[] HEAD = ascii("HEAD");
    private static final byte[] VERSION = ascii("HTTP/");
    private static final byte[] SCHEME = ascii("http://");

    private final HttpRequest request;

    HttpRequestLine(HttpRequest request) {
        this.request = request;
    }

    /** Fills the request, or answers why not. */
    HttpStatus parse(byte[] line, int end) {
        request.begin();
        int methodEnd = HttpText.endOfToken(line, 0, end);
        int target = methodEnd + 1;
        if (methodEnd == 0 || target >= end || line[methodEnd] != ' ') {
            return HttpStatus.BAD_REQUEST;
        }
        int targetEnd = HttpText.endOfVisible(line, target, end);
        if (targetEnd == target || targetEnd == end || line[targetEnd] != ' ') {
            return HttpStatus.BAD_REQUEST;
        }
        method(line, methodEnd);
        if (!path(line, target, targetEnd)) {
            return HttpStatus.BAD_REQUEST;
        }
        return version(line, targetEnd + 1, end);
    }

    /** Methods are told apart by case, as RFC 9110 says. */
    private void method(byte[] line, int end) {
        if (startsWith(line, 0, end, GET) && end == GET.length) {
            request.method = HttpRequest.Method.GET;
        } else if (startsWith(line, 0, end, HEAD) && end == HEAD.length) {
            request.method = HttpRequest.Method.HEAD;
        }
    }

    /** Takes the path of {@code /path?query} and of {@code http://host/path?query}. */
    private boolean path(byte[] line, int from, int to) {
        int begin = from;
        if (startsWith(line, from, to, SCHEME)) {
            begin = indexOf('/', line, from + SCHEME.length, to);
            if (begin == to) {
                request.path(new byte[] {'/'}, 0, 1);
                return true;
            }
        }
        int end = indexOf('?', line, begin, to);
        request.path(line, begin, end);
        boolean isAsterisk = end - begin == 1 && line[begin] == '*';
        return line[begin] == '/' || isAsterisk || !request.isReading();
    }

    private HttpStatus version(byte[] line, int from, int end) {
        int digits = from + VERSION.length;
        boolean hasForm =
                startsWith(line, from, end, VERSION)
                        && end - digits == 3
                        && Character.isDigit(line[digits])
                        && line[digits + 1] == '.'
                        && Character.isDigit(line[digits + 2]);
        if (!hasForm) {
            return HttpStatus.BAD_REQUEST;
        }
        if (line[digits] != '1') {
            return HttpStatus.VERSION_NOT_SUPPORTED;
        }
        request.isHttp10 = line[digits + 2] == '0';
        return HttpStatus.OK;
    }

    private static boolean startsWith(byte[] line, int from, int to, byte[] expected) {
        return to - from >= expected.length
                && java.util.Arrays.equals(
                        line, from, from + expected.length, expected, 0, expected.length);
    }

    private static int indexOf(char c, byte[] line, int from, int to) {
        int i = from;
        while (i < to && line[i] != c) {
            i++;
        }
        return i;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
