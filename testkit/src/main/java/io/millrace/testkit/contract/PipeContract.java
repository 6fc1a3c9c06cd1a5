// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/** What holds of streams, over pairs of pipes, and what only pipes have. */
public abstract class PipeContract extends StreamContract {
    @Override
    protected Transport transport() {
        return new PipeTransport();
    }

    @Nested
    class Pipes extends PipeEndContract {}

    @Nested
    class PipeLimits extends PipeLimitsContract {}
}
