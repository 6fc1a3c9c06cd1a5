// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The options that {@code docs/tls.md} names exist. */
class GuideOptionsTest {
    private static final Path GUIDE = Path.of("..", "docs", "tls.md");
    private static final Pattern OPTION = Pattern.compile("`(\\w+)\\(");

    @Test
    void eachOptionOfTheTableIsOneOfTheBuilders() throws Exception {
        Set<String> known =
                Arrays.stream(TlsContext.Builder.class.getMethods())
                        .map(Method::getName)
                        .collect(Collectors.toSet());
        Set<String> unknown = new TreeSet<>();
        int rows = 0;
        for (String line : Files.readAllLines(GUIDE)) {
            Matcher option = OPTION.matcher(line);
            while (line.startsWith("|") && option.find()) {
                rows++;
                if (!known.contains(option.group(1))) {
                    unknown.add(option.group(1));
                }
            }
        }
        assertEquals(Set.of(), unknown);
        assertTrue(rows > 5, "the table has " + rows);
    }
}
