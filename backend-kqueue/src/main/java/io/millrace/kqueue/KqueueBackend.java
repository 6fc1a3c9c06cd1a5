// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.IoException;
import io.millrace.posix.DescriptorBackend;
import io.millrace.posix.ErrnoTable;
import io.millrace.posix.Libc;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Platform;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code kqueue}: the engine of macOS and the BSDs. On Linux it runs on a library that {@code
 * millrace.kqueue.library} names, such as libkqueue, and is never chosen automatically.
 */
public final class KqueueBackend extends DescriptorBackend {
    /** For the service loader. */
    public KqueueBackend() {}

    @Override
    public String name() {
        return "kqueue";
    }

    @Override
    public int rank() {
        return OperatingSystem.current().isBsd() ? 300 : -1;
    }

    @Override
    protected @Nullable String foreignSystem() {
        return KqueueChoice.current().unusableReason();
    }

    @Override
    protected Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
            throws IoException {
        KqueueChoice choice = KqueueChoice.current();
        String library = choice.library();
        KqueueCalls kqueue = NativeKqueueCalls.of(library == null ? Libc.libraryName() : library);
        return openTested(kqueue, choice.effectiveAbi(), platform.errors(), context);
    }

    /** A poller on a kqueue that was found to be what the table says. */
    static Poller openTested(
            KqueueCalls calls, KqueueAbi abi, ErrnoTable errors, LoopContext context)
            throws IoException {
        KeventSelfTest.run(calls, abi);
        return new KqueuePoller(calls, abi, errors, context);
    }

    @Override
    protected void describe(Map<String, String> facts) {
        KqueueChoice choice = KqueueChoice.current();
        KqueueAbi abi = choice.effectiveAbi();
        facts.put("records", abi.layout.bytes + " bytes, " + abi.label());
        if (choice.library() != null) {
            facts.put("library", choice.library());
        }
    }
}
