// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The library with one fault put into it: a class of its source is changed, compiled, and loaded in
 * front of the true one.
 *
 * <p>So the code that ships needs no switch for its own tests, and a mutant whose place in the
 * source is gone fails instead of testing nothing.
 */
final class Mutant implements AutoCloseable {
    private final Path directory;
    private final URLClassLoader loader;

    private Mutant(Path directory) throws MalformedURLException {
        this.directory = directory;
        loader = new OursFirst(directory);
    }

    /**
     * Replaces {@code original}, which must be there exactly once, in the source of a core class.
     */
    static Mutant of(String className, String original, String replacement) throws Exception {
        String path = className.replace('.', '/') + ".java";
        String source = Files.readString(projectRoot().resolve("core/src/main/java/" + path));
        int place = source.indexOf(original);
        if (place < 0 || source.indexOf(original, place + 1) >= 0) {
            throw new AssertionError("not exactly once in " + className + ": " + original);
        }
        Path directory = Files.createTempDirectory("millrace-mutant");
        Path changed = directory.resolve(path);
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, source.replace(original, replacement));
        compile(changed, directory);
        return new Mutant(directory);
    }

    /**
     * Plays a program, a class with {@code play(seed, profile, boundary)}; answers what went wrong,
     * or null if nothing was noticed.
     */
    @Nullable Throwable play(Class<?> program, long seed, String profile, String boundary)
            throws ReflectiveOperationException {
        Method play =
                loader.loadClass(program.getName())
                        .getDeclaredMethod("play", long.class, String.class, String.class);
        play.setAccessible(true);
        try {
            play.invoke(null, seed, profile, boundary);
            return null;
        } catch (InvocationTargetException noticed) {
            return noticed.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void compile(Path source, Path directory) {
        int result =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-nowarn",
                                "-proc:none",
                                "-implicit:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                directory.toString(),
                                source.toString());
        if (result != 0) {
            throw new AssertionError("the mutant does not compile: " + source);
        }
    }

    private static Path projectRoot() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("core/src/main/java"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    /** Loads everything of this project afresh, the mutant first; the rest is the parent's. */
    private static final class OursFirst extends URLClassLoader {
        OursFirst(Path mutant) throws MalformedURLException {
            super(urls(mutant), Mutant.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.millrace.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        private static URL[] urls(Path mutant) throws MalformedURLException {
            List<URL> urls = new ArrayList<>();
            urls.add(mutant.toUri().toURL());
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            return urls.toArray(URL[]::new);
        }
    }
}
