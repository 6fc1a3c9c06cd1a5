// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/** What the tests have in common: a queue of tasks whose driver does not sleep, but counts. */
class LoopUnderStress {
    final SilentDriver driver = new SilentDriver();
    final TaskQueue tasks =
            new TaskQueue(
                    driver,
                    new CallbackGuard(
                            (handle, failure) -> {
                                throw new AssertionError(failure);
                            },
                            false,
                            System::nanoTime),
                    new MpscUnboundedAtomicArrayQueue<>(TaskQueue.SEGMENT));
}
