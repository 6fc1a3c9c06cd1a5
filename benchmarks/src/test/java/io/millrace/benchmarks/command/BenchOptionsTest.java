// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options of the bench mean, and which it refuses in one line. */
class BenchOptionsTest {
    @Test
    void withoutOptionsTheQuickSetIsForAllBackends() throws Exception {
        BenchOptions options = BenchOptions.parse();

        assertFalse(options.full());
        assertFalse(options.peers());
        assertEquals(List.of(), options.backends());
        assertTrue(options.hasLimit());
        assertEquals(480, options.limitSeconds());
        assertEquals("report", String.valueOf(options.output().getFileName()));
    }

    @Test
    void valuesStandApartOrAfterAnEqualsSign() throws Exception {
        BenchOptions options =
                BenchOptions.parse("--backends", "nio, epoll", "--output=/tmp/o", "--charts", "c");

        assertEquals(List.of("nio", "epoll"), options.backends());
        assertEquals(Path.of("/tmp/o"), options.output());
        assertEquals(Path.of("c"), options.charts());
    }

    @Test
    void theFullSetHasThePeers() throws Exception {
        assertTrue(BenchOptions.parse("--full").peers());
        assertFalse(BenchOptions.parse("--full").hasLimit());
    }

    @Test
    void timeAndWidthMayBeAskedFor() throws Exception {
        BenchOptions until = BenchOptions.parse("--until", "3%");
        assertEquals(0.03, until.until());
        assertFalse(until.hasLimit());
        assertEquals(0.025, BenchOptions.parse("--until=2.5").until());

        BenchOptions minutes = BenchOptions.parse("--full", "--minutes", "90");
        assertTrue(minutes.hasLimit());
        assertEquals(5400, minutes.limitSeconds());
        assertEquals(720, BenchOptions.parse("--peers").limitSeconds());
    }

    @Test
    void allThatFollowsJmhIsJmhs() throws Exception {
        BenchOptions options = BenchOptions.parse("--peers", "--jmh", "-f", "3", "-p", "idle=7");

        assertEquals(3, options.jmh().getForkCount().get());
        assertEquals(List.of("7"), List.copyOf(options.jmh().getParameter("idle").get()));
        assertFalse(options.hasLimit());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fast|no such option: --fast; --help lists them",
                "--peer|no such option: --peer; --help lists them; did you mean --peers?",
                "--fiter=a|no such option: --fiter; --help lists them; did you mean --filter?",
                "Echo|no such option: Echo; --help lists them",
                "--filter|--filter needs a value",
                "--output=|--output needs a value",
                "--compare one|--compare needs two directories with reports",
                "--minutes soon|--minutes is a number of minutes above 0, not soon",
                "--self-check --dry-run|--dry-run says what a set would measure: leave it out with"
                        + " --self-check and --calibrate",
                "--until=0%|--until is a number of per cent above 0, not 0",
                "--filter (|--filter is no regular expression: Unclosed group: (",
                "--jmh Echo|--jmh: benchmarks are chosen with --filter",
                "--jmh -bm avgt|--jmh: modes and units are those of the report",
                "--jmh -p server=nio|--jmh: servers are chosen with --backends and --peers",
                "--jmh -p bytes=0|--jmh: bytes is a number of at least 1, not 0",
                "--jmh -p ending=bang|--jmh: ending is one of finish, reset, not bang",
            })
    void refusesInOneLine(String arguments, String message) {
        UsageException refusal =
                assertThrows(UsageException.class, () -> BenchOptions.parse(arguments.split(" ")));
        assertEquals(message, refusal.getMessage());
    }

    @Test
    void refusesUnknownOptionsAndParametersOfJmh() {
        for (String line : List.of("-zzz", "-p nonsense=1", "-l", "-h", "-rf csv", "-o file")) {
            String[] arguments = ("--jmh " + line).split(" ");
            String message =
                    assertThrows(UsageException.class, () -> BenchOptions.parse(arguments))
                            .getMessage();
            assertTrue(message.startsWith("--jmh: "), message);
            assertEquals(1, message.lines().count(), message);
        }
    }
}
