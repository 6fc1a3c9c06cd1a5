// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import java.nio.ByteBuffer;

/** Ends of request-style reads that write into a journal: {@code "read 5"}. */
final class ReadEnds {
    private ReadEnds() {}

    static ReadCallback into(Journal journal, String name) {
        return new ReadCallback() {
            @Override
            public void onRead(ByteStream stream, ByteBuffer buffer, int count) {
                journal.add(name + " " + count);
            }

            @Override
            public void onFailure(ByteStream stream, ByteBuffer buffer, IoException failure) {
                journal.add(name + Journal.symbol(failure));
            }
        };
    }
}
