// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The request that a connection is at: what its request line and its headers said.
 *
 * <p>One object per connection, filled anew for each request by {@link HttpParser}, so that a
 * request allocates nothing.
 */
final class HttpRequest {
    /** What may be asked; everything else is {@link #OTHER}. */
    enum Method {
        GET,
        HEAD,
        OTHER
    }

    private static final byte[] NOTHING = new byte[0];

    Method method = Method.OTHER;
    boolean isHttp10;
    boolean wantsClose;
    boolean wantsKeepAlive;

    private byte[] path = NOTHING;
    private int pathLength;

    void begin() {
        method = Method.OTHER;
        isHttp10 = false;
        wantsClose = false;
        wantsKeepAlive = false;
        pathLength = 0;
    }

    void path(byte[] bytes, int from, int to) {
        pathLength = to - from;
        if (path.length < pathLength) {
            path = new byte[Math.max(64, Integer.highestOneBit(pathLength) * 2)];
        }
        System.arraycopy(bytes, from, path, 0, pathLength);
    }

    boolean isReading() {
        return method != Method.OTHER;
    }

    /** Whether the path, as it was sent, is this. */
    boolean pathIs(byte[] expected) {
        return Arrays.equals(path, 0, pathLength, expected, 0, expected.length);
    }

    /** The path as it was sent, still encoded and without the query. */
    String path() {
        return new String(path, 0, pathLength, StandardCharsets.ISO_8859_1);
    }

    /** Connections persist by default since HTTP/1.1; see RFC 9112, section 9.3. */
    boolean keepsAlive() {
        return !wantsClose && (!isHttp10 || wantsKeepAlive);
    }
}
