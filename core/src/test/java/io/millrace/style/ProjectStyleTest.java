// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sources of all modules keep the rules of the house. */
class ProjectStyleTest {
    private static final StyleChecker CHECKER = new StyleChecker();
    private static List<SourceFile> sources;
    private static List<Violation> violations;

    @BeforeAll
    static void checkEverySource() throws IOException {
        sources = SourceTree.ofProject();
        violations = CHECKER.check(sources);
    }

    @Test
    void everySourceKeepsTheRules() {
        String report = violations.stream().map(each -> "\n" + each).collect(Collectors.joining());
        assertEquals("", report);
    }

    @Test
    void methodsAreMostlyShort() {
        List<Integer> lengths = CHECKER.methodLengths().stream().sorted().toList();
        assertTrue(lengths.get(lengths.size() / 2) <= 10, "the median method has over 10 lines");
        assertTrue(lengths.get(lengths.size() * 9 / 10) <= 30, "one in ten has over 30 lines");
    }

    @Test
    void theSourcesOfEveryModuleAreSeen() {
        List<String> paths = sources.stream().map(SourceFile::path).toList();

        assertTrue(paths.contains("core/src/main/java/io/millrace/package-info.java"));
        assertTrue(paths.contains("core/src/test/java/io/millrace/style/ProjectStyleTest.java"));
        assertTrue(paths.contains("backend-nio/src/main/java/io/millrace/nio/package-info.java"));
    }
}
