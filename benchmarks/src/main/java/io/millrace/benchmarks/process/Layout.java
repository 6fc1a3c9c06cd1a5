// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where things are in the tree that these classes were built in. */
final class Layout {
    private Layout() {}

    /** The folder that the jar, or the classes, are in: {@code benchmarks/target}. */
    static Path target() {
        try {
            Path code =
                    Path.of(
                            Layout.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return code.resolveSibling("").toAbsolutePath().normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The sources of the servers in C. */
    static Path nativeSources() {
        return target().resolveSibling("native");
    }

    /** What they are compiled into. */
    static Path nativePrograms() {
        return target().resolve("native");
    }
}
