// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.reactor.RawStream;
import io.millrace.spi.reactor.ReceiveRow;
import org.jspecify.annotations.Nullable;

/** A row of receives by one call of {@link SystemCalls#recvEach}. Loop thread only. */
final class LibcReceiveRow implements ReceiveRow {
    private final SystemCalls calls;
    private final CallTable table;

    /**
     * Those of the last row stay until the next one; a closed one holds nothing but its address.
     */
    private final @Nullable LibcStream[] streams;

    LibcReceiveRow(SystemCalls calls, int capacity) {
        this.calls = calls;
        table = new CallTable(capacity);
        streams = new LibcStream[capacity];
    }

    @Override
    public void add(RawStream stream, PoolChunk into) {
        streams[table.count()] = (LibcStream) stream;
        table.add(stream.descriptor(), into.address(), into.capacity());
    }

    @Override
    public int run(int enough) {
        try {
            return calls.recvEach(table, enough);
        } finally {
            table.clear();
        }
    }

    @Override
    public int result(int index) {
        int answer = (int) table.answer(index);
        if (answer > 0) {
            return answer;
        }
        LibcStream stream = streams[index];
        return answer == Code.INTERRUPTED
                ? stream.receive(table.second(index), (int) table.third(index))
                : stream.received(answer);
    }
}
