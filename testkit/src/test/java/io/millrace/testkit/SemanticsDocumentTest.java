// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/semantics.md promises is tested, and what the suite tests is written there. */
class SemanticsDocumentTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path DOCUMENT = ROOT.resolve("docs/semantics.md");
    private static final Path SUITE =
            ROOT.resolve("testkit/src/main/java/io/millrace/testkit/contract");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Contract|Test)\\.\\w+)`");
    private static final Pattern METHOD =
            Pattern.compile(
                    "@(?:Test|ParameterizedTest)\\b(?:\"[^\"]*\"|\\{[^{};]*\\}|[^;{\"])*?"
                            + "\\bvoid (\\w+)\\(");

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        Set<String> missing = named();
        assertTrue(missing.size() > 100, "the document names hardly any test");
        missing.removeAll(testsIn(ROOT));
        assertEquals(Set.of(), missing, "docs/semantics.md names tests that do not exist");
    }

    @Test
    void everyTestOfTheSuiteIsNamed() throws IOException {
        Set<String> unnamed = testsIn(SUITE);
        unnamed.removeAll(named());
        assertEquals(Set.of(), unnamed, "add a line on each of these to docs/semantics.md");
    }

    private static Set<String> named() throws IOException {
        return NAMED.matcher(Files.readString(DOCUMENT))
                .results()
                .map(match -> match.group(1))
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> testsIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(SemanticsDocumentTest::isTestSource)
                    .flatMap(file -> testsOf(file).stream())
                    .collect(toCollection(TreeSet::new));
        }
    }

    private static boolean isTestSource(Path file) {
        return file.toString().matches(".*/src/.*(Contract|Test)\\.java");
    }

    private static List<String> testsOf(Path file) {
        String type = file.getFileName().toString().replace(".java", "");
        try {
            return METHOD.matcher(Files.readString(file))
                    .results()
                    .map(match -> type + "." + match.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
