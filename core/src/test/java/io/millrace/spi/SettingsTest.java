// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The one list of settings against what is documented, and what the sources read. */
class SettingsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(millrace\\.[^`]+)` *\\| `([^`]*)` *\\| ([^|]*?) *\\|");

    /** A whole name of a property or variable, as it is written in a source. */
    private static final Pattern NAME =
            Pattern.compile("\"(millrace\\.[a-z][\\w.-]*[a-z]|MILLRACE_[A-Z_]+)\"");

    /** Names of meters, which begin alike. */
    private static final String METERS = "millrace.loop.";

    /** Files that the launcher writes. */
    private static final Set<String> NO_SETTINGS = Set.of("millrace.built", "millrace.begun");

    @Test
    void theDocumentHasTheSameTable() throws IOException {
        List<String> documented = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(ROOT.resolve("docs/operations.md")));
        while (row.find()) {
            documented.add(row.group(1) + ", " + row.group(2) + ", " + row.group(3));
        }
        List<String> listed =
                Settings.ALL.stream()
                        .filter(setting -> setting.scope() != Setting.Scope.TESTS)
                        .map(
                                setting ->
                                        setting.property()
                                                + ", "
                                                + setting.byDefault()
                                                + ", "
                                                + setting.values().description())
                        .toList();
        assertEquals(listed, documented);
    }

    @Test
    void variablesAndWhatIsForTestsAreDocumented() throws IOException {
        String operations = Files.readString(ROOT.resolve("docs/operations.md"));
        for (String variable : Settings.VARIABLES) {
            assertTrue(operations.contains("`" + variable + "`"), variable);
        }
        String development = Files.readString(ROOT.resolve("docs/development.md"));
        for (Setting setting : Settings.ALL) {
            boolean isDocumented =
                    setting.scope() != Setting.Scope.TESTS
                            || development.contains("-D" + setting.property());
            assertTrue(isDocumented, setting + " is not in docs/development.md");
        }
    }

    /** What is read and not listed would be called a misspelling. */
    @Test
    void everyNameInTheSourcesIsListed() throws IOException {
        Set<String> unlisted = new TreeSet<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.toList()) {
                for (String sources : List.of("src/main/java", "src/test/java")) {
                    if (Files.isDirectory(module.resolve(sources))) {
                        unlisted.addAll(namesIn(module.resolve(sources)));
                    }
                }
            }
        }
        unlisted.removeAll(NO_SETTINGS);
        unlisted.removeIf(name -> name.startsWith(METERS));
        unlisted.removeAll(Settings.VARIABLES);
        Settings.ALL.forEach(setting -> unlisted.remove(setting.property()));
        assertEquals(Set.of(), unlisted, "add these to io.millrace.spi.Settings");
    }

    private static Set<String> namesIn(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("Settings"))
                    .flatMap(file -> NAME.matcher(read(file)).results())
                    .map(match -> match.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
