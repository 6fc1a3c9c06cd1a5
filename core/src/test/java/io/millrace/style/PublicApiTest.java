// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is public is written down, so that nobody changes it unawares: a change of it is a change of
 * {@code core/api/*.txt}, too. The files are what javap says of the compiled classes. To write them
 * anew, run this test with {@code -Dmillrace.api.write=true}.
 */
class PublicApiTest {
    private static final Path CLASSES = Path.of("target/classes");
    private static final Path FILES = Path.of("api");

    @ParameterizedTest
    @CsvSource({
        "public.txt, io/millrace io/millrace/file io/millrace/net io/millrace/process",
        "spi.txt, io/millrace/spi io/millrace/spi/client io/millrace/spi/layer"
                + " io/millrace/spi/reactor"
    })
    void whatIsPublicIsWhatIsWrittenDown(String name, String packages) throws IOException {
        Path file = FILES.resolve(name);
        String actual = describe(packages.split(" "));
        if (Boolean.getBoolean("millrace.api.write")) {
            Files.writeString(file, actual);
        }
        assertEquals(
                Files.readString(file),
                actual,
                () -> "the public API is not what core/api/" + name + " says");
    }

    private static String describe(String... packages) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-protected"));
        for (String each : packages) {
            try (Stream<Path> files = Files.list(CLASSES.resolve(each))) {
                files.map(Path::toString)
                        .filter(file -> file.endsWith(".class"))
                        .filter(file -> !file.endsWith("package-info.class"))
                        .sorted()
                        .forEach(arguments::add);
            }
        }
        StringWriter output = new StringWriter();
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        PrintWriter writer = new PrintWriter(output);
        int status = javap.run(writer, writer, arguments.toArray(String[]::new));
        assertEquals(0, status, output::toString);
        return Stream.of(output.toString().split("Compiled from .*\\R"))
                .filter(text -> text.startsWith("public "))
                .collect(Collectors.joining("\n"));
    }
}
