// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.IOException;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Whatever a datagram holds: no answer, or one that is a message and an answer to it. */
public final class DnsQueryFuzz {
    private DnsQueryFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
        DnsQuery query = DnsQuery.of(bytes);
        if (query == null) {
            return;
        }
        byte[] answer = query.isFaulty() ? query.fault() : query.failed(Rcode.SERVFAIL);
        Message message = new Message(answer);
        int id = ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
        if (message.getHeader().getID() != id || !message.getHeader().getFlag(Flags.QR)) {
            throw new AssertionError("no answer to the query: " + message);
        }
        if (query.mostUdpBytes() < 512 || answer.length > query.mostUdpBytes()) {
            throw new AssertionError(
                    "answers by UDP of " + query.mostUdpBytes() + " bytes, this: " + answer.length);
        }
    }
}
