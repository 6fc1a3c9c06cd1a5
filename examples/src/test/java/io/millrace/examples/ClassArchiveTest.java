// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipe for an archive of classes in docs/operations.md. */
class ClassArchiveTest {
    private static final long HANG_SECONDS = 120;
    private static final String FROM_ARCHIVE =
            "io.millrace.internal.loop.Loop source: shared objects file";

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll"})
    void aProgramTakesItsClassesFromTheArchiveOfAnEarlierRun(String backend) throws Exception {
        boolean usable =
                Backends.report().backends().stream()
                        .filter(BackendInfo::usable)
                        .anyMatch(each -> each.name().equals(backend));
        assumeTrue(usable, backend + " cannot run here");
        String jars = jars();
        Path archive = directory.resolve("program.jsa");
        String first = run(jars, backend, "-XX:ArchiveClassesAtExit=" + archive);
        assertTrue(first.contains(backend + " echoed"), first);
        assertTrue(Files.size(archive) > 0);
        String second = run(jars, backend, "-XX:SharedArchiveFile=" + archive, "-Xlog:class+load");
        assertTrue(second.contains(backend + " echoed"), second);
        assertTrue(second.contains(FROM_ARCHIVE), second);
    }

    private String run(String jars, String backend, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-Dmillrace.backend=" + backend, "-cp", jars));
        command.add(EchoOnce.class.getName());
        Path output = directory.resolve("output");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    /** An archive takes classes from jars only, and a build has directories as well. */
    private String jars() throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> jars = new ArrayList<>();
        for (String each : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(each);
            if (Files.isDirectory(path)) {
                jars.add(jar(path, jars.size()).toString());
            } else if (Files.exists(path)) {
                jars.add(each);
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    private Path jar(Path root, int number) throws IOException {
        Path jar = directory.resolve(number + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString().replace(File.separatorChar, '/');
                out.putNextEntry(new JarEntry(name));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
