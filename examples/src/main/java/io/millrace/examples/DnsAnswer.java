// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * What a name server has answered, as bytes, and for how long that holds. Immutable.
 *
 * <p>What is said of EDNS concerns two neighbours alone, and is not passed on.
 */
final class DnsAnswer {
    /** Whatever an answer says of itself. */
    private static final long LONGEST_SECONDS = 86_400;

    /** How long it holds that there is no answer: see RFC 9520 for at least, RFC 2308 for most. */
    private static final long FAILURE_SECONDS = 1;

    private static final long LONGEST_NOTHING_SECONDS = 3600;

    private static final int HEADER_BYTES = 12;
    private static final int POINTER = 0xc0;

    private final byte[] wire;

    /** Where the records' times to live are. */
    private final int[] times;

    private final int code;
    private final boolean authentic;
    private final long seconds;

    private DnsAnswer(byte[] wire, int code, boolean authentic, long seconds) {
        this.wire = wire;
        this.code = code;
        this.authentic = authentic;
        this.seconds = seconds;
        times = timesIn(wire);
    }

    static DnsAnswer of(Message message) {
        int code = message.getRcode();
        Message kept = message.clone();
        OPTRecord edns = kept.getOPT();
        if (edns != null) {
            kept.removeRecord(edns, Section.ADDITIONAL);
        }
        return new DnsAnswer(
                kept.toWire(Message.MAXLENGTH),
                code > 0xf ? Rcode.SERVFAIL : code,
                message.getHeader().getFlag(Flags.AD),
                secondsOf(kept, code));
    }

    /** How long it may be remembered; 0 if not at all. */
    private static long secondsOf(Message message, int code) {
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            return FAILURE_SECONDS;
        }
        long least = LONGEST_SECONDS;
        boolean nothing = message.getSection(Section.ANSWER).isEmpty() || code == Rcode.NXDOMAIN;
        boolean bounded = !nothing;
        for (Record each : records(message)) {
            least = Math.min(least, each.getTTL());
            if (nothing && each instanceof SOARecord zone) {
                bounded = true;
                least = Math.min(least, Math.min(zone.getMinimum(), LONGEST_NOTHING_SECONDS));
            }
        }
        return bounded ? Math.max(0, least) : 0;
    }

    private static List<Record> records(Message message) {
        List<Record> all = new ArrayList<>(message.getSection(Section.ANSWER));
        all.addAll(message.getSection(Section.AUTHORITY));
        all.addAll(message.getSection(Section.ADDITIONAL));
        return all;
    }

    /** Goes through what was just written, and is therefore well formed. */
    private static int[] timesIn(byte[] wire) {
        ByteBuffer message = ByteBuffer.wrap(wire);
        int questions = message.getShort(4) & 0xffff;
        int records = 0;
        for (int at = 6; at < HEADER_BYTES; at += 2) {
            records += message.getShort(at) & 0xffff;
        }
        message.position(HEADER_BYTES);
        for (int i = 0; i < questions; i++) {
            skipName(message);
            message.position(message.position() + 4);
        }
        int[] times = new int[records];
        for (int i = 0; i < records; i++) {
            skipName(message);
            times[i] = message.position() + 4;
            message.position(times[i] + 4);
            int length = message.getShort() & 0xffff;
            message.position(message.position() + length);
        }
        return times;
    }

    private static void skipName(ByteBuffer message) {
        int length = message.get() & 0xff;
        while (length > 0 && length < POINTER) {
            message.position(message.position() + length);
            length = message.get() & 0xff;
        }
        if (length >= POINTER) {
            message.get();
        }
    }

    int code() {
        return code;
    }

    /** Whether its server says that it has checked the signatures. */
    boolean isAuthentic() {
        return authentic;
    }

    long seconds() {
        return seconds;
    }

    int length() {
        return wire.length;
    }

    /** What it takes to remember it, more or less. */
    int bytes() {
        return wire.length + times.length * Integer.BYTES;
    }

    /**
     * The message with what is left of its times, and some room behind it.
     *
     * @param age in seconds
     */
    byte[] copy(long age, int room) {
        byte[] copy = Arrays.copyOf(wire, wire.length + room);
        ByteBuffer records = ByteBuffer.wrap(copy);
        for (int at : times) {
            long left = (records.getInt(at) & 0xffffffffL) - age;
            records.putInt(at, (int) Math.max(0, Math.min(left, LONGEST_SECONDS)));
        }
        return copy;
    }
}
