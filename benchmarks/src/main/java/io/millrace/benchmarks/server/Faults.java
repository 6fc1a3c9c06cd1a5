// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/** The first thing that went wrong in a server. Any thread. */
public final class Faults {
    private final AtomicReference<Throwable> first = new AtomicReference<>();

    public void report(Throwable fault) {
        first.compareAndSet(null, fault);
    }

    /** Fails with what was reported, if anything was. */
    public void check() throws IOException {
        Throwable fault = first.get();
        if (fault != null) {
            throw new IOException("the server failed: " + fault, fault);
        }
    }
}
