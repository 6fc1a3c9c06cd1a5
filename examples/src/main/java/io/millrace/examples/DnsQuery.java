// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What a client asks: understood, or why not. Immutable. */
final class DnsQuery {
    /** What is said to be taken by UDP, and what is at most answered. */
    static final int UDP_BYTES = 1232;

    private static final int PLAIN_UDP_BYTES = 512;
    private static final int QUESTION_KIND_BYTES = 4;
    private static final int LARGEST_LABEL = 63;
    private static final int OPT_BYTES = 11;
    private static final int TRUNCATED_BIT = 0x02;

    /**
     * What an answer is remembered by: whether it has signatures, and whether they were checked, is
     * part of it.
     */
    record Key(Name name, int type, int dclass, boolean signed, boolean unchecked) {}

    private final Header header;

    /** The message as far as the end of its question; the header alone if there is none. */
    private final byte[] beginning;

    private final @Nullable Record question;
    private final @Nullable OPTRecord edns;

    /** {@link Rcode#NOERROR}, or what to answer because it cannot be asked of anybody. */
    private final int fault;

    private DnsQuery(
            Header header,
            byte[] beginning,
            @Nullable Record question,
            @Nullable OPTRecord edns,
            int fault) {
        this.header = header;
        this.beginning = beginning;
        this.question = question;
        this.edns = edns;
        this.fault = fault;
    }

    /**
     * Understands a message; null if it is to have no answer, because it is itself an answer, or
     * too short to have one: whoever answers such starts a game of ping-pong.
     */
    static @Nullable DnsQuery of(byte[] bytes) {
        Header header;
        try {
            header = new Header(bytes);
        } catch (IOException tooShort) {
            return null;
        }
        if (header.getFlag(Flags.QR)) {
            return null;
        }
        if (header.getOpcode() != Opcode.QUERY) {
            return refused(header, bytes, Rcode.NOTIMP);
        }
        try {
            return of(header, bytes, new Message(bytes));
        } catch (IOException | RuntimeException malformed) {
            // Whatever the parser stumbles over, it came from outside.
            return refused(header, bytes, Rcode.FORMERR);
        }
    }

    private static DnsQuery of(Header header, byte[] bytes, Message message) {
        Record question = message.getQuestion();
        int end = questionEnd(bytes);
        boolean single =
                header.getCount(Section.QUESTION) == 1
                        && header.getCount(Section.ANSWER) == 0
                        && header.getCount(Section.AUTHORITY) == 0;
        long edns =
                message.getSection(Section.ADDITIONAL).stream()
                        .filter(each -> each.getType() == Type.OPT)
                        .count();
        if (question == null || !single || end < 0 || edns > 1) {
            return refused(header, bytes, Rcode.FORMERR);
        }
        OPTRecord opt = message.getOPT();
        int fault = Rcode.NOERROR;
        if (opt != null && opt.getVersion() != 0) {
            fault = Rcode.BADVERS;
        } else if (question.getType() == Type.AXFR || question.getType() == Type.IXFR) {
            fault = Rcode.REFUSED;
        }
        return new DnsQuery(header, beginning(bytes, end), question, opt, fault);
    }

    private static DnsQuery refused(Header header, byte[] bytes, int fault) {
        return new DnsQuery(header, beginning(bytes, Header.LENGTH), null, null, fault);
    }

    private static byte[] beginning(byte[] bytes, int end) {
        byte[] beginning = new byte[end];
        System.arraycopy(bytes, 0, beginning, 0, end);
        return beginning;
    }

    /** Where the question ends, or -1 if its name is not written out. */
    private static int questionEnd(byte[] bytes) {
        int at = Header.LENGTH;
        while (at < bytes.length && bytes[at] != 0) {
            if (bytes[at] < 0 || bytes[at] > LARGEST_LABEL) {
                return -1;
            }
            at += 1 + bytes[at];
        }
        int end = at + 1 + QUESTION_KIND_BYTES;
        return end <= bytes.length ? end : -1;
    }

    boolean isFaulty() {
        return fault != Rcode.NOERROR;
    }

    /** Of a query that is not faulty. */
    Key key() {
        Record asked = asked();
        return new Key(
                asked.getName(),
                asked.getType(),
                asked.getDClass(),
                isSigned(),
                header.getFlag(Flags.CD));
    }

    private Record asked() {
        if (question == null) {
            throw new IllegalStateException("there is no question");
        }
        return question;
    }

    private boolean isSigned() {
        return edns != null && (edns.getFlags() & ExtendedFlags.DO) != 0;
    }

    /** What to ask somebody else in its place, with nothing of the client in it. */
    Message forwarded() {
        Message message = Message.newQuery(asked());
        message.getHeader().setFlag(Flags.AD);
        if (header.getFlag(Flags.CD)) {
            message.getHeader().setFlag(Flags.CD);
        }
        if (isSigned()) {
            message.addRecord(new OPTRecord(UDP_BYTES, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
        }
        return message;
    }

    /** How long the answer may be that goes by UDP. */
    int mostUdpBytes() {
        return edns == null
                ? PLAIN_UDP_BYTES
                : Math.max(PLAIN_UDP_BYTES, Math.min(edns.getPayloadSize(), UDP_BYTES));
    }

    /** An answer that says no more than that it is none. */
    byte[] failed(int code) {
        byte[] message = new byte[beginning.length + ednsBytes()];
        System.arraycopy(beginning, 0, message, 0, beginning.length);
        ByteBuffer counts = ByteBuffer.wrap(message, 4, Header.LENGTH - 4);
        counts.putShort((short) (question == null ? 0 : 1));
        counts.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        return closed(message, code, false);
    }

    /** What is answered to a faulty query. */
    byte[] fault() {
        return failed(fault);
    }

    /**
     * An answer for this client.
     *
     * @param answer as it was received
     * @param seconds that have passed since
     * @param most bytes; a longer one says that it is truncated, and has no records
     */
    byte[] answered(DnsAnswer answer, long seconds, int most) {
        if (answer.length() + ednsBytes() > most) {
            byte[] truncated = failed(answer.code());
            truncated[2] |= TRUNCATED_BIT;
            return truncated;
        }
        byte[] message = answer.copy(seconds, ednsBytes());
        // The client's own spelling, which it may compare with, and which names point to.
        int count = beginning.length - Header.LENGTH;
        System.arraycopy(beginning, Header.LENGTH, message, Header.LENGTH, count);
        return closed(message, answer.code(), answer.isAuthentic());
    }

    private int ednsBytes() {
        return edns == null ? 0 : OPT_BYTES;
    }

    /** With a header for this client, and with what there is to say of EDNS at the end. */
    private byte[] closed(byte[] message, int code, boolean authentic) {
        Header answer = new Header(header.getID());
        answer.setOpcode(header.getOpcode());
        answer.setFlag(Flags.QR);
        answer.setFlag(Flags.RA);
        copyFlag(Flags.RD, answer);
        copyFlag(Flags.CD, answer);
        if (authentic && (isSigned() || header.getFlag(Flags.AD))) {
            answer.setFlag(Flags.AD);
        }
        answer.setRcode(code & 0xf);
        System.arraycopy(answer.toWire(), 0, message, 0, 4);
        if (edns != null) {
            ByteBuffer all = ByteBuffer.wrap(message);
            all.putShort(10, (short) (all.getShort(10) + 1));
            all.position(message.length - OPT_BYTES);
            all.put((byte) 0).putShort((short) Type.OPT).putShort((short) UDP_BYTES);
            all.put((byte) (code >> 4)).put((byte) 0);
            all.putShort((short) (isSigned() ? ExtendedFlags.DO : 0)).putShort((short) 0);
        }
        return message;
    }

    private void copyFlag(int flag, Header to) {
        if (header.getFlag(flag)) {
            to.setFlag(flag);
        }
    }
}
