// SPDX-License-Identifier: Apache-2.0
package io.millrace.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a native image has to be told about core: everything that it looks up by name, and nothing
 * that is not there. No tracing agent has confirmed it yet; see docs/development.md.
 */
class NativeImageMetadataTest {
    private static final String METADATA =
            "/META-INF/native-image/io.millrace/millrace-core/reachability-metadata.json";

    private static final Pattern NAMED =
            Pattern.compile("(?:Class\\.forName|\\bfind)\\(\\s*\"([\\w.]+)\"");

    @Test
    void everyClassThatIsLookedUpByNameIsInTheMetadata() throws IOException {
        Set<String> named = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                named.addAll(found(NAMED, Files.readString(source)));
            }
        }

        assertEquals(Set.copyOf(named), Set.copyOf(found(typePattern(), metadata())));
    }

    @Test
    void everyClassOfTheMetadataExists() throws Exception {
        for (String type : found(typePattern(), metadata())) {
            assertNotNull(Class.forName(type, false, getClass().getClassLoader()));
        }
    }

    private static Pattern typePattern() {
        return Pattern.compile("\"type\": \"([\\w.]+)\"");
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(NativeImageMetadataTest::name).toList();
    }

    private static String name(MatchResult found) {
        return found.group(1);
    }

    private static String metadata() throws IOException {
        try (InputStream file = NativeImageMetadataTest.class.getResourceAsStream(METADATA)) {
            assertNotNull(file, METADATA);
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
