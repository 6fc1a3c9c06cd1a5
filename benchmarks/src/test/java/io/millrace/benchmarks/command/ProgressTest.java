// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the bench says of the time that is left. */
class ProgressTest {
    /** It said four hours of a set of which there was time for one, and which ended after that. */
    @Test
    void aRunWithALimitDoesNotSayThatItTakesLonger() throws Exception {
        Plan plan = plan("--full", "--backends", "nio");
        double limit = plan.seconds() / 2;

        String first = firstLine(plan, limit);

        assertTrue(seconds(first) <= Math.round(limit), first);
        assertTrue(seconds(first) > limit - 60, first);
    }

    @Test
    void aRunWithoutALimitSaysWhatIsPlanned() throws Exception {
        Plan plan = plan("--full", "--backends", "nio");

        String first = firstLine(plan, 0);

        assertTrue(seconds(first) >= Math.floor(plan.seconds()), first);
    }

    private static Plan plan(String... arguments) throws UsageException {
        return Plan.of(BenchOptions.parse(arguments));
    }

    private static String firstLine(Plan plan, double limit) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Progress progress =
                new Progress(new PrintStream(said, true, StandardCharsets.UTF_8), plan, limit);
        Chart chart = plan.inOrder().get(0);
        progress.begin(chart, chart.seconds());
        return said.toString(StandardCharsets.UTF_8);
    }

    /** Of "[1/48] 65:00 left: ...". */
    private static long seconds(String line) {
        String[] time = line.replaceAll("(?s)^\\[[^]]*\\] (.*?) left: .*$", "$1").split(":");
        return 60 * Long.parseLong(time[0]) + Long.parseLong(time[1]);
    }
}
