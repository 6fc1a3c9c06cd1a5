// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.IoException;
import io.millrace.posix.Timespec;
import io.millrace.spi.Code;
import java.util.Locale;

/**
 * Makes sure, before any socket depends on it, that the kernel's {@code struct kevent} and filter
 * numbers are those of a {@link KqueueAbi}.
 *
 * <p>Two user events are added, triggered and read back on a queue of their own. Two, because only
 * the second lies elsewhere when the record has another size; and the memory behind them is looked
 * at, because a longer record would overrun the arrays of a loop. Whatever does not come back as it
 * should becomes an exception that says so.
 */
final class KeventSelfTest {
    private static final int RECORDS = 2;

    /** So many that two records of any known size, taken for any other, stay inside. */
    private static final int CAPACITY = 3 * RECORDS;

    private static final long[] IDENTS = {0x1234, 0x5678};
    private static final long[] WORDS = {0x0123_4567_89ab_cdefL, 0xfedc_ba98_7654_3210L};
    private static final long UNTOUCHED = 0xa5a5_a5a5_a5a5_a5a5L;
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final KqueueCalls calls;
    private final KqueueAbi abi;
    private final int kqueue;
    private final Kevents changes;
    private final Kevents answers;
    private final Timespec timeout = new Timespec();

    private KeventSelfTest(KqueueCalls calls, KqueueAbi abi, int kqueue) {
        this.calls = calls;
        this.abi = abi;
        this.kqueue = kqueue;
        changes = new Kevents(abi.layout, CAPACITY);
        answers = new Kevents(abi.layout, CAPACITY);
    }

    /** Throws unless everything comes back as it was put in. */
    static void run(KqueueCalls calls, KqueueAbi abi) throws IoException {
        int kqueue = calls.kqueue();
        if (kqueue < 0) {
            throw IoException.of(kqueue, "kqueue", null);
        }
        try {
            new KeventSelfTest(calls, abi, kqueue).run();
        } finally {
            calls.close(kqueue);
        }
    }

    private void run() throws IoException {
        prepare(KeventFlag.ADD | KeventFlag.CLEAR | KeventFlag.RECEIPT, 0);
        expect("receipts", RECORDS, kevent(RECORDS, RECORDS));
        for (int i = 0; i < RECORDS; i++) {
            expectRecord(i);
            expect("errno", 0, answers.data(i));
        }
        prepare(0, KeventFlag.NOTE_TRIGGER);
        expect("result of triggering", 0, kevent(RECORDS, 0));
        expect("events", RECORDS, kevent(0, RECORDS));
        for (int i = 0; i < RECORDS; i++) {
            expectRecord(i);
        }
    }

    private void prepare(int flags, int fflags) {
        for (int i = 0; i < RECORDS; i++) {
            changes.put(i, IDENTS[i], abi.filterUser, flags, WORDS[i]);
            changes.putFflags(i, fflags);
        }
    }

    private int kevent(int changeCount, int answerCount) {
        for (int i = 0; i < CAPACITY; i++) {
            answers.put(i, UNTOUCHED, 0, 0, UNTOUCHED);
        }
        return calls.kevent(
                kqueue,
                changes.address(0),
                changeCount,
                answers.address(0),
                answerCount,
                timeout.set(PATIENCE_NANOS));
    }

    /** In whichever order they come. */
    private void expectRecord(int index) throws IoException {
        int which = answers.ident(index) == IDENTS[0] ? 0 : 1;
        expect("ident", IDENTS[which], answers.ident(index));
        expect("filter", abi.filterUser, answers.filter(index));
        expect("udata", WORDS[which], answers.udata(index));
        expect("memory behind the records", UNTOUCHED, answers.ident(RECORDS));
    }

    private void expect(String what, long expected, long actual) throws IoException {
        if (actual == expected) {
            return;
        }
        throw IoException.because(
                Code.NOT_SUPPORTED,
                "kevent",
                String.format(
                        Locale.ROOT,
                        "this kernel does not speak the %d-byte records of %s: %s: %#x, not %#x",
                        abi.layout.bytes,
                        abi.label(),
                        what,
                        actual,
                        expected));
    }
}
