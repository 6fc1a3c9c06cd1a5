// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that lie in a directory are loaded before there is no descriptor for them. */
class LateClassesTest {
    private static final Class<?> OTHER = Code.class;

    @TempDir private Path directory;

    @Test
    void whatEndedHalfWayIsDoneAgainAndWhatIsDoneIsNot() throws Exception {
        for (Class<?> each : List.of(Spelling.class, OTHER)) {
            String path = each.getName().replace('.', '/') + ".class";
            Path file = directory.resolve(path);
            Files.createDirectories(file.getParent());
            try (InputStream bytes = each.getClassLoader().getResourceAsStream(path)) {
                Files.copy(bytes, file);
            }
        }
        try (Scarce loader = new Scarce(directory.toUri().toURL())) {
            Class<?> one = loader.findOwn();
            LateClasses.loadAllBeside(one);
            assertEquals(1, loader.refused);
            assertEquals(0, loader.loaded);
            LateClasses.loadAllBeside(one);
            assertTrue(loader.loaded > 0);
            int loaded = loader.loaded;
            LateClasses.loadAllBeside(one);
            assertEquals(loaded, loader.loaded);
        }
    }

    /** Lacks memory for the first class that it is asked for. */
    private static final class Scarce extends URLClassLoader {
        int refused;
        int loaded;

        Scarce(URL from) {
            super(new URL[] {from}, null);
        }

        Class<?> findOwn() throws ClassNotFoundException {
            return findClass(Spelling.class.getName());
        }

        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            if (name.equals(OTHER.getName())) {
                if (refused == 0) {
                    refused++;
                    throw new OutOfMemoryError("thrown on purpose");
                }
                loaded++;
                return super.loadClass(name);
            }
            return name.startsWith("java.")
                    ? super.loadClass(name)
                    : LateClassesTest.class.getClassLoader().loadClass(name);
        }
    }
}
