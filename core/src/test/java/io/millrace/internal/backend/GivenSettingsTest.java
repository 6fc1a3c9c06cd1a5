// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Backends;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was set against what there is: names, values, and what is only like ours. */
class GivenSettingsTest {
    private static final String ENTRIES = "millrace.io_uring.submissions";

    private final GivenSettings settings = new GivenSettings(List.<BackendProvider>of());

    @AfterEach
    void forget() {
        for (String name : List.of(ENTRIES, "millrace.traces", "millrace.kqueue.abi")) {
            System.clearProperty(name);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "io_uring.entries|there is no property 'io_uring.entries'",
                "io_uring.entries|io_uring.submissions, io_uring.completions,",
                "io_uring.submission|did you mean io_uring.submissions?",
                "IO_URING.SUBMISSIONS|did you mean io_uring.submissions?",
                "iouring.sqpoll-idle-milli|did you mean io_uring.sqpoll-idle-millis?",
                "millrace.io_uring.submissions|for one loop it is called io_uring.submissions",
                "millrace.io_uring.submission|did you mean io_uring.submissions?",
                "millrace.traces|is set for the whole process, with -Dmillrace.traces",
                "' io_uring.submissions'|did you mean io_uring.submissions?",
                "''|there is no property ''",
                "traces|traces is set for the whole process, with -Dmillrace.traces",
                "backend|backend is set for the whole process, with -Dmillrace.backend",
                "kqueue.library|kqueue.library is set for the whole process",
            })
    void namesThatDoNotExistAreRefusedInALoopsOptions(String name, String part) {
        assertRefused(part, Map.of(name, "16"));
        LoopOptions options =
                LoopOptions.builder().backend("fake-good").property(name, "16").build();
        assertThrows(IoException.class, () -> EventLoop.open(options));
    }

    /** Also on a machine, and with a choice of backends, where nobody would look at them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "submissions|abc|must be a power of two from 16 to 32768, not 'abc'",
                "submissions|''|not ''",
                "submissions|100|not '100'",
                "submissions|8|not '8'",
                "submissions|65536|not '65536'",
                "submissions|99999999999|not '99999999999'",
                "submissions|16.0|not '16.0'",
                "completions|32|must be a power of two from 64 to 65536",
                "sqpoll-idle-millis|-1|must be a whole number from 0 to 2147483647, not '-1'",
                "sqpoll-idle-millis|2s|must be a whole number from 0 to",
            })
    void valuesThatCannotBeAreRefused(String name, String value, String part) {
        assertRefused("io_uring." + name + " ", Map.of("io_uring." + name, value));
        assertRefused(part, Map.of("io_uring." + name, value));
        LoopOptions options =
                LoopOptions.builder()
                        .backend("fake-good")
                        .property("io_uring." + name, value)
                        .build();
        assertThrows(IoException.class, () -> EventLoop.open(options));
    }

    @Test
    void valuesOfSystemPropertiesAreRefusedByTheNameTheyWereGivenBy() {
        System.setProperty(ENTRIES, "many");
        assertRefused("-Dmillrace.io_uring.submissions must be", Map.of());
        System.setProperty(ENTRIES, "16");
        System.setProperty("millrace.traces", "yes");
        assertRefused("-Dmillrace.traces must be true or false, not 'yes'", Map.of());
        System.setProperty("millrace.traces", "");
        assertRefused("-Dmillrace.traces must be true or false, not ''", Map.of());
        System.setProperty("millrace.traces", "tru");
        assertRefused("'tru'; did you mean true?", Map.of());
        System.setProperty("millrace.traces", "TRUE");
        System.setProperty("millrace.kqueue.abi", "darwin");
        assertRefused("-Dmillrace.kqueue.abi must be macos or freebsd or", Map.of());
        assertThrows(IoException.class, EventLoop::open);
        assertTrue(Backends.report().explanation().contains("millrace.kqueue.abi must be"));
    }

    @Test
    void whatTheOptionsSayGoesBeforeWhatTheSystemSays() throws Exception {
        System.setProperty(ENTRIES, "64");
        assertEquals(Map.of("io_uring.submissions", "64"), settings.ofLoop(Map.of()));
        assertEquals(
                Map.of("io_uring.submissions", " 32 "),
                settings.ofLoop(Map.of("io_uring.submissions", " 32 ")));
    }

    /** What belongs to others is theirs. */
    @Test
    void onlyWhatLooksLikeOursIsAStranger() {
        List<String> properties =
                List.of(
                        "millrace.backend",
                        "millrace.tracse",
                        "Millrace.syscalls",
                        "milrace.backend",
                        "millrace.my.own",
                        "java.home",
                        "app.backend");
        List<String> variables = List.of("MILLRACE_BACKEND", "MILLRACE_BACKND", "PATH", "HOME");
        assertEquals(
                List.of(
                        "the system property Millrace.syscalls is none of Millrace's; did you mean"
                                + " millrace.syscalls?",
                        "the system property millrace.my.own is none of Millrace's",
                        "the system property millrace.tracse is none of Millrace's; did you mean"
                                + " millrace.traces?",
                        "the system property milrace.backend is none of Millrace's; did you mean"
                                + " millrace.backend?",
                        "the environment variable MILLRACE_BACKND is none of Millrace's; did you"
                                + " mean MILLRACE_BACKEND?"),
                settings.strangers(properties, variables));
    }

    private void assertRefused(String part, Map<String, String> options) {
        IoException refusal = assertThrows(IoException.class, () -> settings.ofLoop(options));
        assertEquals(Code.INVALID_ARGUMENT, refusal.code());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(part), message);
    }
}
