// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program in a module that requires {@code io.millrace.core}, and one on a class path with few of
 * the JDK's modules: what works, and what is said of what does not. Each in a process of its own.
 */
class ModulePathTest {
    private static final long HANG_SECONDS = 60;

    private static final String MAIN =
            """
            package app;

            import io.millrace.*;
            import io.millrace.net.*;
            import java.net.*;
            import java.time.Duration;

            public final class Main {
                public static void main(String[] arguments) throws Exception {
                    EventLoop loop;
                    try {
                        loop = EventLoop.open();
                    } catch (IoException refused) {
                        System.out.println("refused: " + refused.getMessage());
                        return;
                    }
                    TcpServer server = TcpServer.listen(
                            loop, new InetSocketAddress("127.0.0.1", 0),
                            each -> each.read((stream, chunk) -> stream.write(chunk)));
                    TcpStream client = TcpStream.open(loop);
                    client.connect(server.localAddress()).whenComplete((it, failure) -> {
                        client.write(new byte[] {1}, 0, 1);
                        client.read((stream, chunk) -> {
                            System.out.println("echoed on " + loop.backend().name());
                            loop.stop();
                        });
                    });
                    loop.run();
                    try {
                        Duration second = Duration.ofSeconds(1);
                        client.options().keepAlive(second, second, 1);
                        System.out.println("keep-alive " + client.options().keepAlive());
                    } catch (java.io.UncheckedIOException refused) {
                        System.out.println(refused.getCause().getMessage());
                        System.out.println("keep-alive " + client.options().keepAlive());
                    }
                    client.options().noDelay(true).linger(null).receiveBufferSize(9000);
                    TcpStream second = TcpStream.open(loop);
                    Duration time = Duration.ofSeconds(1);
                    second.options().keepAlive(time, time, 1);
                    second.connect(server.localAddress()).whenComplete((it, failure) -> {
                        System.out.println(failure == null ? "connected" : failure.getMessage());
                        loop.stop();
                    });
                    loop.run();
                    loop.closeAll();
                }
            }
            """;

    @TempDir private Path directory;
    private Path jars;

    private record Outcome(String output, String errors) {
        List<String> leftOut() {
            return errors.lines().filter(line -> line.contains("is left out")).toList();
        }
    }

    @BeforeEach
    void makeJars() throws IOException {
        jars = Files.createDirectory(directory.resolve("jars"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            String name = String.valueOf(path.getFileName());
            if (name.equals("classes") && Files.exists(path.resolve("../../pom.xml"))) {
                pack(path);
            } else if (name.matches(
                    "(millrace-(core|backend|\\d)|jspecify|jctools|jnr|jffi|asm).*\\.jar")) {
                Files.copy(path, jars.resolve(name));
            }
        }
    }

    /** As the build does, but for what no test needs. */
    private void pack(Path classes) throws IOException {
        Path module = classes.resolve("../..").toRealPath();
        if (!module.getFileName().toString().matches("core|backend-.*|all")) {
            return;
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        Path jar = jars.resolve(module.getFileName() + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream output = new JarOutputStream(file, manifest);
                Stream<Path> content = Files.walk(classes)) {
            for (Path each : content.filter(Files::isRegularFile).toList()) {
                output.putNextEntry(
                        new JarEntry(classes.relativize(each).toString().replace('\\', '/')));
                Files.copy(each, output);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "poll", "epoll"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux's")
    void aModuleThatRequiresCoreRunsOnWhatLiesOnTheModulePath(String backend) throws Exception {
        compile("module-info.java", "module app { requires io.millrace.core; }");
        Outcome outcome = runModule("-Dmillrace.backend=" + backend);

        assertTrue(outcome.output().startsWith("echoed on " + backend + "\n"), outcome::errors);
        assertEquals(List.of(), outcome.leftOut());
    }

    /** The module that the README tells to require sees the API and brings every backend. */
    @Test
    void theModuleOfAllBackendsIsEnough() throws Exception {
        compile("module-info.java", "module app { requires io.millrace; }");
        Outcome outcome = runModule();

        assertTrue(outcome.output().startsWith("echoed on "), outcome::errors);
        assertEquals(List.of(), outcome.leftOut());
    }

    /** Nothing native is on the module path, and nobody requires jdk.net. */
    @Test
    void aModuleOnNioAloneHearsWhichModuleAnOptionLacks() throws Exception {
        deleteJars("posix|epoll|kqueue|iouring|all|millrace-\\d|jnr.*|jffi.*|asm.*");
        compile("module-info.java", "module app { requires io.millrace.core; }");
        Outcome outcome = runModule();

        assertEquals(
                """
                echoed on nio
                option KEEP_ALIVE_PROBES: EOPNOTSUPP: the module jdk.net is missing: java\
                 --add-modules jdk.net
                keep-alive false
                connect ADDRESS: option KEEP_ALIVE_IDLE_SECONDS: EOPNOTSUPP: the module jdk.net is\
                 missing: java --add-modules jdk.net
                """,
                outcome.output().replaceFirst("/127\\.0\\.0\\.1:\\d+", "ADDRESS"),
                outcome::errors);
    }

    @Test
    void anImageOfAProgramOnNioIsWhole() throws Exception {
        deleteJars("posix|epoll|kqueue|iouring|all|millrace-\\d|jnr.*|jffi.*|asm.*");
        compile("module-info.java", "module app { requires io.millrace.core; }");
        StringWriter messages = new StringWriter();
        PrintWriter writer = new PrintWriter(messages);
        Path image = directory.resolve("image");
        int status =
                java.util.spi.ToolProvider.findFirst("jlink")
                        .orElseThrow()
                        .run(
                                writer,
                                writer,
                                "--module-path",
                                path(),
                                "--add-modules",
                                "app,io.millrace.nio",
                                "--output",
                                image.toString());
        assertEquals(0, status, messages::toString);
        Outcome outcome = run(image.resolve("bin/java"), "-m", "app/app.Main");

        assertTrue(outcome.output().startsWith("echoed on nio\n"), outcome::errors);
    }

    @Test
    void onAClassPathNioNeedsNoModuleButJavaBase() throws Exception {
        compile();
        for (String modules :
                List.of("java.base", "java.logging", "java.logging,jdk.unsupported")) {
            Outcome outcome =
                    run(
                            "--limit-modules",
                            modules,
                            "-Dmillrace.backend=nio",
                            "-cp",
                            path().replace(jars.toString(), jars + "/*"),
                            "app.Main");
            assertTrue(outcome.output().startsWith("echoed on nio\n"), outcome::errors);
            assertTrue(
                    outcome.output().contains("the module jdk.net is missing"), outcome.output());
        }
    }

    /** The half of a native backend that is in another jar is not there. */
    @Test
    void aJarThatIsNotThereLeavesItsBackendsOutAndNoOther() throws Exception {
        compile();
        deleteJars("posix");
        String classPath = path().replace(jars.toString(), jars + "/*");
        Outcome outcome = run("-cp", classPath, "app.Main");

        assertTrue(outcome.output().startsWith("echoed on nio\n"), outcome::errors);
        assertTrue(outcome.leftOut().size() >= 1, outcome.errors());
        assertTrue(outcome.leftOut().get(0).contains("io.millrace.posix."), outcome.errors());
        assertEquals(
                outcome.leftOut().size(), outcome.leftOut().stream().distinct().count(), "once");
    }

    /** No class is missing then, but the library that is inside of that jar. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere a library may be installed")
    void theJarWithTheNativeLibraryIsNamedWhenItIsMissing() throws Exception {
        deleteJars("jffi.*native");
        compile("module-info.java", "module app { requires io.millrace.core; }");
        Outcome outcome = runModule("-Dmillrace.backend=poll,nio");

        assertTrue(outcome.output().startsWith("echoed on nio\n"), outcome::errors);
        assertEquals(1, outcome.leftOut().size(), outcome.errors());
        assertTrue(outcome.leftOut().get(0).contains("jffi's native jar"), outcome.errors());
    }

    /** Those whose names contain what {@code names} matches. */
    private void deleteJars(String names) throws IOException {
        Pattern pattern = Pattern.compile(names);
        try (Stream<Path> files = Files.list(jars)) {
            for (Path jar : files.toList()) {
                if (pattern.matcher(jar.getFileName().toString()).find()) {
                    Files.delete(jar);
                }
            }
        }
    }

    private String path() {
        return jars + File.pathSeparator + directory.resolve("app");
    }

    private void compile(String... descriptor) throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        List<String> arguments = new ArrayList<>();
        boolean isModule = descriptor.length > 0;
        arguments.addAll(List.of("-proc:none", "-d", directory.resolve("app").toString()));
        arguments.add(isModule ? "--module-path" : "-cp");
        arguments.add(isModule ? jars.toString() : System.getProperty("java.class.path"));
        Path main = sources.resolve("Main.java");
        arguments.add(Files.writeString(main, MAIN).toString());
        if (isModule) {
            Path file = sources.resolve(descriptor[0]);
            arguments.add(Files.writeString(file, descriptor[1]).toString());
        }
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, messages, messages, arguments.toArray(String[]::new));
        assertEquals(0, status, messages.toString(StandardCharsets.UTF_8));
    }

    private Outcome runModule(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("--module-path", path(), "-m", "app/app.Main"));
        return run(arguments.toArray(String[]::new));
    }

    private Outcome run(String... arguments) throws Exception {
        return run(Path.of(System.getProperty("java.home"), "bin", "java"), arguments);
    }

    private Outcome run(Path java, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("MILLRACE_BACKEND");
        Process process =
                builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
        try {
            assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(Files.readString(output), Files.readString(errors));
    }
}
