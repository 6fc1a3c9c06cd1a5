// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import java.io.IOException;

/** What is measured in turns with others. Confined to one thread. */
interface Subject extends AutoCloseable {
    String name();

    /** Works for about so long. */
    Window run(double seconds) throws IOException, InterruptedException;

    @Override
    void close();
}
