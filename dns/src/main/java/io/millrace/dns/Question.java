// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import java.io.IOException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

/**
 * A query as it goes to one server, with an identifier that nobody can guess, and what its answer
 * is known by.
 *
 * <p>Whoever answers for a server without having seen the question has to hit upon the identifier
 * and the port that the system chose for its socket; what does not fit in both, and in the
 * question, is as if it had not come (RFC 5452).
 */
final class Question {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int IDENTIFIERS = 1 << 16;
    private static final int RESPONSE_BIT = 0x80;
    private static final int TRUNCATED_BIT = 0x02;
    private static final int FLAGS = 2;

    /** Behind the name: type and class. */
    private static final int KIND_BYTES = 4;

    private final byte[] wire;

    /** Where the question's name ends. */
    private final int nameEnd;

    private final boolean hasEdns;

    private Question(byte[] wire, boolean hasEdns) {
        this.wire = wire;
        this.hasEdns = hasEdns;
        int at = Header.LENGTH;
        while (wire[at] != 0) {
            at += 1 + wire[at];
        }
        nameEnd = at + 1;
    }

    /**
     * @param udpBytes what the server is told by EDNS if the query does not say; 0: do without EDNS
     */
    static Question of(Message query, int udpBytes) {
        Message sent = query.clone();
        Header header = query.getHeader().clone();
        header.setID(RANDOM.nextInt(IDENTIFIERS));
        sent.setHeader(header);
        OPTRecord given = sent.getOPT();
        if (udpBytes == 0 && given != null) {
            sent.removeRecord(given, Section.ADDITIONAL);
        } else if (udpBytes > 0 && given == null) {
            sent.addRecord(new OPTRecord(udpBytes, 0, 0), Section.ADDITIONAL);
        }
        return new Question(sent.toWire(), sent.getOPT() != null);
    }

    /** Whether it speaks of EDNS, which not every server knows. */
    boolean hasEdns() {
        return hasEdns;
    }

    byte[] wire() {
        return wire;
    }

    /** Whether a message claims to be the answer, and rightly as far as one can see. */
    boolean isAnsweredBy(byte[] message) {
        int questionEnd = nameEnd + KIND_BYTES;
        if (message.length < questionEnd
                || message[0] != wire[0]
                || message[1] != wire[1]
                || (message[FLAGS] & RESPONSE_BIT) == 0) {
            return false;
        }
        for (int i = FLAGS + 2; i < FLAGS + KIND_BYTES; i++) {
            if (message[i] != wire[i]) {
                return false;
            }
        }
        for (int i = Header.LENGTH; i < questionEnd; i++) {
            boolean same = message[i] == wire[i];
            if (!same && (i >= nameEnd || lower(message[i]) != lower(wire[i]))) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is more than has come. */
    static boolean isTruncated(byte[] message) {
        return (message[FLAGS] & TRUNCATED_BIT) != 0;
    }

    /** The message, or null if it is none. */
    static @Nullable Message parse(byte[] message) {
        try {
            return new Message(message);
        } catch (IOException | RuntimeException malformed) {
            // Whatever the parser stumbles over, it came from outside.
            return null;
        }
    }

    /** Lengths of labels are below the letters. */
    private static int lower(byte each) {
        return each >= 'A' && each <= 'Z' ? each + ('a' - 'A') : each;
    }
}
