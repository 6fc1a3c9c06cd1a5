// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.loop.LoopKind;
import io.millrace.benchmarks.loop.LoopKinds;
import org.openjdk.jmh.annotations.Param;

/** A benchmark of a loop by itself, without connections. */
public abstract class LoopBenchmark extends WarmBenchmark {
    /** A kind of loop; {@link Main} puts those in its place that can run here. */
    @Param("nio")
    public String loop = "";

    final LoopKind kind() {
        return LoopKinds.usable(loop);
    }
}
