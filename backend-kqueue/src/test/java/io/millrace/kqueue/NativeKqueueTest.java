// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.Libc;
import io.millrace.posix.Platform;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** kqueue(2)'s promises on the system's kqueue, or on the library that was asked for. */
class NativeKqueueTest extends KqueueSemantics {
    @Override
    QueueFixture openQueue() throws IOException {
        KqueueChoice choice = KqueueChoice.current();
        String reason = choice.unusableReason();
        Assumptions.assumeTrue(reason == null, reason);
        String library = choice.library() == null ? Libc.libraryName() : choice.library();
        return new QueueFixture(
                NativeKqueueCalls.of(library), choice.effectiveAbi(), Platform.current().errors());
    }
}
