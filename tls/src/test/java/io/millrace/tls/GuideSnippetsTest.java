// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in {@code docs/tls.md} compiles, and the options that it names exist. */
class GuideSnippetsTest {
    private static final Path GUIDE = Path.of("..", "docs", "tls.md");
    private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");
    private static final Pattern OPTION = Pattern.compile("`(\\w+)\\(");

    @TempDir private Path directory;

    @Test
    void eachSnippetCompiles() throws Exception {
        StringBuilder methods = new StringBuilder();
        Matcher block = BLOCK.matcher(Files.readString(GUIDE));
        int count = 0;
        while (block.find()) {
            methods.append("void snippet")
                    .append(count++)
                    .append("(EventLoop loop, ReadHandler handler, SocketAddress address)")
                    .append(" throws Exception {\n")
                    .append(block.group(1))
                    .append("}\n");
        }
        assertTrue(count >= 2, "there are " + count);
        String source =
                """
                import io.millrace.*;
                import io.millrace.net.*;
                import io.millrace.tls.*;
                import java.net.*;
                import java.nio.file.*;
                final class Snippets {
                """
                        + methods
                        + "}\n";
        Path file = Files.writeString(directory.resolve("Snippets.java"), source);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                messages,
                                messages,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                directory.toString(),
                                file.toString());
        assertEquals(0, status, () -> messages.toString(StandardCharsets.UTF_8));
    }

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
