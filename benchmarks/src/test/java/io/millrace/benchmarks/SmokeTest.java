// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Every benchmark once, for a moment, on everything that can run here. What it measures means
 * nothing; that it ends without an error means that every byte came and every task ran.
 */
class SmokeTest {
    private static final String IGNORE_LOCK = "jmh.ignoreLock";

    @TempDir private static Path directory;

    @BeforeAll
    static void acceptColdFigures() {
        System.setProperty(WarmBenchmark.SMOKE, "true");
        System.setProperty(IGNORE_LOCK, "true");
    }

    @AfterAll
    static void restore() {
        System.clearProperty(WarmBenchmark.SMOKE);
        System.clearProperty(IGNORE_LOCK);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Accept.class,
                Churn.class,
                Echo.class,
                EchoAmongIdle.class,
                EmptyTurn.class,
                Execute.class,
                FileBlocks.class,
                StreamToClient.class,
                StreamToServer.class,
                Timers.class,
                TlsEcho.class,
                TlsHandshake.class,
                WakeUp.class
            })
    void runs(Class<?> benchmark) throws Exception {
        Path output = directory.resolve(benchmark.getSimpleName());
        ChainedOptionsBuilder options =
                Parameters.complete(new OptionsBuilder().build())
                        .include(benchmark.getName() + "\\.")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(10))
                        .shouldFailOnError(true)
                        .output(output.toString())
                        .param("connections", "3")
                        .param("bytes", "1000")
                        .param("inFlight", "4")
                        .param("idle", "20")
                        .param("timers", "1000");

        Collection<RunResult> results;
        try {
            results = new Runner(options.build()).run();
        } catch (RunnerException e) {
            throw new AssertionError(Files.readString(output), e);
        }

        assertFalse(results.isEmpty());
        for (RunResult result : results) {
            assertEquals(1, result.getBenchmarkResults().size(), result.getParams().id());
        }
    }
}
