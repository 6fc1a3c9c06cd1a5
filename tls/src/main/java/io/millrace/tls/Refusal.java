// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.io.Serial;
import javax.net.ssl.SSLException;

/** What the stream does not put up with although its engine does, which so has no alert for it. */
final class Refusal extends SSLException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * A record that no engine takes once there are keys: longer than any may be. The JDK's says
     * {@code unexpected_message} of it and Conscrypt's {@code record_overflow}.
     */
    private static final byte[] TOO_LONG = new byte[5 + 17_000];

    /** And before there are any: a message of a handshake of more than 16 MB. */
    private static final byte[] TOO_GREAT = {22, 3, 3, 0, 4, 1, -1, -1, -1};

    static {
        TOO_LONG[0] = 23;
        TOO_LONG[1] = 3;
        TOO_LONG[2] = 3;
        TOO_LONG[3] = (byte) (17_000 >> 8);
        TOO_LONG[4] = (byte) 17_000;
    }

    Refusal(String words) {
        super(words);
    }

    /** What makes an engine refuse as well, and have an alert to send. */
    static byte[] provocation(boolean shaken) {
        return shaken ? TOO_LONG : TOO_GREAT;
    }
}
