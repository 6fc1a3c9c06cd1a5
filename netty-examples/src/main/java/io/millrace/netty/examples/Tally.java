// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What became of the requests of a load. Any thread. */
final class Tally {
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicReference<@Nullable String> first = new AtomicReference<>();

    void answered(long requests) {
        answered.add(requests);
    }

    void failed(String why) {
        failed.increment();
        first.compareAndSet(null, why);
    }

    long answered() {
        return answered.sum();
    }

    long failed() {
        return failed.sum();
    }

    @Override
    public String toString() {
        String why = first.get();
        return answered() + " requests, " + failed() + " errors" + (why == null ? "" : ": " + why);
    }
}
