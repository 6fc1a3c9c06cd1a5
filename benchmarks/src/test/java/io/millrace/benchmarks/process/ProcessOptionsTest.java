// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes no sense is one clear line and status 2. */
class ProcessOptionsTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--frobnicate | no such option: --frobnicate; --help lists them",
                "--shape=1 | no such option: --shape; --help lists them; did you mean --shapes?",
                "--servers | --servers needs a value",
                "--servers=nio,,epoll | --servers needs a value",
                "--shapes=64/64 | a shape is connections/bytes/inFlight such as 64/64/1, not 64/64",
                "--shapes=0/64/1 | a shape has no zeros: 0/64/1",
                "--shapes=16001/64/1 | a shape has at most 16000 connections: 16001/64/1",
                "--shapes=1/65536/17 | a connection has at most 1048576 B in flight: 1/65536/17",
                "--protocol=ftp | --protocol is one of echo, http, grpc, not ftp",
                "--repetitions=0 | --repetitions is a number from 1 to 1000, not 0",
                "--attempts=x | --attempts is a number from 1 to 100, not x",
                "--seconds=0.01 | --seconds is from 0.05 to 600.0, not 0.01",
                "--seconds=NaN | --seconds is from 0.05 to 600.0, not NaN",
                "--cpus=1,1 | --cpus is two different numbers such as 0,1, not 1,1",
                "--cpus=0,99999 | --cpus: this process may use",
                "--server-command=x | --server-command is NAME=COMMAND, not x",
                "--server-command=x=echo | --server-command: {port} must be in the command: echo",
                "--server-command=x='a {port} | a quote is not closed: 'a {port}",
                "--server-command=nio=a {port} | --server-command: there is another server called",
            })
    void refuses(String argument, String message) {
        assertEquals(2, run(argument));
        assertTrue(errors().startsWith("millrace: " + message), errors());
        assertEquals(1, errors().lines().count(), errors());
        assertEquals(0, output.size());
    }

    @Test
    void anUnknownServerIsRefusedWithTheNamesOfAll() {
        assertEquals(2, run("--servers", "c-epoll,iouring"));
        assertTrue(
                errors().startsWith("millrace: no server is called iouring; there are c-epoll, "),
                errors());
        assertTrue(errors().contains(", netty-io_uring-br, java-nio"), errors());
    }

    @Test
    void optionsTakeTheirValueEitherWay() throws UsageException {
        ProcessOptions options =
                ProcessOptions.parse("--shapes", "1/64/1,2/1024/3", "--servers=nio, epoll");
        assertEquals(List.of(new Shape(1, 64, 1), new Shape(2, 1024, 3)), options.shapes());
        assertEquals(List.of("nio", "epoll"), options.servers());
    }

    @Test
    void helpAndListAreNoErrors() {
        assertEquals(0, run("--help"));
        assertTrue(output.toString(StandardCharsets.UTF_8).startsWith("usage: millrace bench"));
        assertEquals("", errors());
    }

    @Test
    void commandsAreSplitAsAShellWould() throws UsageException {
        assertEquals(
                List.of("a", "b c", "d'e", "", "f g"),
                CommandWords.of("a 'b c'  \"d'e\" '' f\\ g "));
        assertThrows(UsageException.class, () -> CommandWords.of("a \"b"));
    }

    private int run(String... arguments) {
        return new ProcessBench(
                        new PrintStream(output, true, StandardCharsets.UTF_8),
                        new PrintStream(errors, true, StandardCharsets.UTF_8))
                .run(arguments);
    }

    private String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }
}
