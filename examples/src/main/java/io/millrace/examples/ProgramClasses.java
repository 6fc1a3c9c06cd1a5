// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The classes of these programs, loaded before there are clients.
 *
 * <p>A jar is opened once. In a directory each class is a file of its own, and one that is needed
 * for the first time while no descriptor is free cannot be had, then or ever after.
 */
final class ProgramClasses {
    private static final String SUFFIX = ".class";

    private ProgramClasses() {}

    /** Loads and initializes all that lie beside this one, if they lie in a directory. */
    static void load() throws IOException {
        Path root = root();
        if (!Files.isDirectory(root)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith(SUFFIX)).toList();
        }
        for (Path file : files) {
            String path = root.relativize(file).toString();
            String name = path.substring(0, path.length() - SUFFIX.length());
            if (!name.endsWith("package-info")) {
                load(name.replace(root.getFileSystem().getSeparator(), "."));
            }
        }
    }

    private static void load(String name) throws IOException {
        try {
            Class.forName(name, true, ProgramClasses.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError broken) {
            throw new IOException("cannot load " + name, broken);
        }
    }

    private static Path root() throws IOException {
        CodeSource source = ProgramClasses.class.getProtectionDomain().getCodeSource();
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException strange) {
            throw new IOException("cannot tell where this program is", strange);
        }
    }
}
