// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.BackendInfo;
import io.millrace.BackendReport;
import io.millrace.Backends;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the doctor says of this machine, and of one where nothing works. */
class DoctorTest {
    @Test
    void namesEveryBackendWithItsReasonAndFacts() {
        BackendReport backends = Backends.report();

        String report = report(backends);

        assertTrue(backends.backends().size() >= 6, report);
        for (BackendInfo backend : backends.backends()) {
            assertTrue(report.contains("  " + backend.name()), report);
            assertTrue(report.contains(backend.reason()), report);
            backend.facts()
                    .forEach((name, value) -> assertTrue(report.contains(name + ": " + value)));
        }
        assertTrue(report.contains(backends.chosen() + " *"), report);
        assertTrue(report.contains(Runtime.version().toString()), report);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "macOS and the BSDs have kqueue")
    void explainsTheAbsenceOfKqueueInOneLine() {
        String line = "  kqueue                 not usable: kqueue is the engine of macOS and the";

        String report = report(Backends.report());

        assertEquals(
                List.of(line + " BSDs, this is Linux"),
                report.lines().filter(each -> each.contains("kqueue")).toList());
    }

    @Test
    void saysWhatIsMissing() {
        BackendInfo broken = new Broken("none", false, "there is no kernel", Map.of());

        String report = report(new BackendReport(null, "nothing can run", List.of(broken)));

        assertTrue(report.contains("not usable: there is no kernel"), report);
        assertEquals(
                List.of("choice", "  none                   nothing can run"),
                report.lines().skip(report.lines().count() - 2).toList());
    }

    private record Broken(String name, boolean usable, String reason, Map<String, String> facts)
            implements BackendInfo {}

    private static String report(BackendReport backends) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream output = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        new Doctor(output).report(new SystemLimits(Path.of("/")), backends);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
