// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Loads classes before they are needed, where loading one later takes a descriptor.
 *
 * <p>A jar stays open once a class has come from it. A class in a directory is a file of its own:
 * out of descriptors it cannot be loaded any more, and whoever has tried in vain goes on to fail
 * when there are descriptors again. Any thread.
 */
public final class LateClasses {
    private static final String SUFFIX = ".class";

    /** Those that have been loaded to the end: what ended half-way is done again. */
    private static final Set<Path> DONE = ConcurrentHashMap.newKeySet();

    private LateClasses() {}

    /**
     * Loads every class that lies in the same directory as {@code one}; does nothing if that came
     * out of a jar. Never throws: what cannot be loaded now is as good as if nobody had asked.
     */
    public static void loadAllBeside(Class<?> one) {
        try {
            CodeSource source = one.getProtectionDomain().getCodeSource();
            if (source == null) {
                return;
            }
            URI location = source.getLocation().toURI();
            if (!"file".equals(location.getScheme())) {
                return;
            }
            Path root = Path.of(location);
            if (Files.isDirectory(root) && !DONE.contains(root)) {
                loadAll(root, one.getClassLoader());
                DONE.add(root);
            }
        } catch (Throwable unusual) {
            // The classes are loaded when they are needed, as they would be without this.
            return;
        }
    }

    private static void loadAll(Path root, ClassLoader loader) throws java.io.IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith(SUFFIX)).toList();
        }
        for (Path file : files) {
            String path = root.relativize(file).toString();
            String name = path.substring(0, path.length() - SUFFIX.length());
            load(name.replace(file.getFileSystem().getSeparator(), "."), loader);
        }
    }

    private static void load(String name, ClassLoader loader) {
        if (name.endsWith("-info")) {
            return;
        }
        try {
            Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError missing) {
            // One that needs what is not there, such as an optional library: nobody uses it.
            return;
        }
    }
}
