// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read from a command line, and what is said about a wrong one. */
class OptionsTest {
    private static final String USAGE = "usage: a --port N [--host ADDRESS] [--names A,B]";

    @Test
    void readsBothForms() throws Exception {
        Options options = Options.parse(USAGE, "--port", "80", "--host=there");

        assertEquals(80, options.port("port"));
        assertEquals("there", options.text("host"));
    }

    @Test
    void hasDefaultsForWhatIsNotGiven() throws Exception {
        Options options = Options.parse(USAGE, "--port=0");

        assertEquals("here", options.text("host", "here"));
        assertEquals(7, options.number("loops", 1, 10, 7));
        assertEquals(List.of(), options.list("names"));
    }

    @Test
    void splitsListsAtCommas() throws Exception {
        assertEquals(
                List.of("x", "y"), Options.parse(USAGE, "--port=1", "--names=x, y,").list("names"));
    }

    @Test
    void readsAddresses() throws Exception {
        assertEquals(80, Options.parse("--to A", "--to", "127.0.0.1:80").address("to").getPort());
        assertEquals(
                "/[0:0:0:0:0:0:0:1]:9", "" + Options.parse("--to A", "--to=[::1]:9").address("to"));
    }

    @Test
    void saysWhatIsWrong() {
        assertWrong("--port is missing");
        assertWrong("no such option: --ports; did you mean --port?", "--ports", "1");
        assertWrong("no such option: --prot; did you mean --port?", "--prot=1");
        assertWrong("no such option: --HOST; did you mean --host?", "--HOST", "a");
        assertWrong("no such option: port; did you mean --port?", "port", "1");
        assertWrong("no such option: -p", "-p", "1");
        assertWrong("no such option: 80", "80");
        assertWrong("--port needs a value", "--port");
        assertWrong("--port needs a value", "--port=");
        assertWrong("--port is given twice", "--port=1", "--port", "2");
    }

    @Test
    void whatStandsInBracketsAloneHasNoValue() throws UsageException {
        String usage = "usage: x --port N [--udp] [--host A]";
        Options options = Options.parse(usage, "--udp", "--port", "1");
        assertTrue(options.has("udp"));
        assertEquals(1, options.port("port"));
        assertFalse(Options.parse(usage, "--port", "1").has("udp"));
        UsageException wrong =
                assertThrows(
                        UsageException.class,
                        () -> Options.parse(usage, "--port", "1", "--udp=yes"));
        assertEquals("--udp takes no value", wrong.getMessage());
    }

    @Test
    void whatHasTwoWordsBehindItHasTwoValues() throws UsageException {
        String usage = "usage: x [--tls CHAIN KEY] [--tls-self-signed] [--host A]";
        List<String> both = List.of("a.pem", "b,c.pem");
        assertEquals(
                both, Options.parse(usage, "--tls", "a.pem", "b,c.pem", "--host=x").pair("tls"));
        assertEquals(both, Options.parse(usage, "--tls=a.pem", "b,c.pem").pair("tls"));
        for (String[] one :
                List.of(new String[] {"--tls", "a,b"}, new String[] {"--tls=a,b", "--host", "x"})) {
            assertEquals(List.of("a", "b"), Options.parse(usage, one).pair("tls"));
        }
        assertTrue(Options.parse(usage, "--tls-self-signed").has("tls-self-signed"));
        for (String[] wrong :
                List.of(
                        new String[] {"--tls", "a"},
                        new String[] {"--tls=a", "--host=x"},
                        new String[] {"--tls", "a,b,c"})) {
            assertEquals(
                    "--tls needs two values: CHAIN KEY",
                    assertThrows(UsageException.class, () -> Options.parse(usage, wrong))
                            .getMessage());
        }
    }

    @Test
    void saysWhichNumbersItTakes() {
        for (String port : List.of("-1", "65536", "a", "1.5", "99999999999")) {
            UsageException wrong =
                    assertThrows(
                            UsageException.class,
                            () -> Options.parse(USAGE, "--port", port).port("port"));
            assertEquals("--port must be a number from 0 to 65535: " + port, wrong.getMessage());
        }
    }

    @Test
    void saysWhatIsNoAddress() {
        for (String address : List.of("nowhere", ":80", "127.0.0.1:0", "127.0.0.1:x", "a b:1")) {
            assertThrows(
                    UsageException.class,
                    () -> Options.parse("--to A", "--to", address).address("to"),
                    address);
        }
    }

    private static void assertWrong(String message, String... arguments) {
        UsageException wrong =
                assertThrows(UsageException.class, () -> Options.parse(USAGE, arguments));
        assertEquals(message, wrong.getMessage());
    }
}
