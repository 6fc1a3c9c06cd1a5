// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The Java sources of every module, found from the directory that a module's tests run in. */
final class SourceTree {
    private SourceTree() {}

    static List<SourceFile> ofProject() throws IOException {
        Path root = projectRoot();
        List<SourceFile> files = new ArrayList<>();
        for (Path module : directoriesIn(root)) {
            for (String sources : List.of("src/main/java", "src/test/java")) {
                if (Files.isDirectory(module.resolve(sources))) {
                    addSources(root, module.resolve(sources), files);
                }
            }
        }
        return files;
    }

    private static Path projectRoot() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve(".mvn"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("no .mvn directory above the working directory");
            }
        }
        return directory;
    }

    private static List<Path> directoriesIn(Path root) throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static void addSources(Path root, Path sources, List<SourceFile> files)
            throws IOException {
        try (Stream<Path> all = Files.walk(sources)) {
            all.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .forEach(path -> files.add(read(root, path)));
        }
    }

    private static SourceFile read(Path root, Path path) {
        try {
            String relative = root.relativize(path).toString().replace('\\', '/');
            return new SourceFile(relative, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
