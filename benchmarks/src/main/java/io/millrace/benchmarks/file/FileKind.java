// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.file;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A way to have files without blocking. Stateless. */
public interface FileKind {
    /** The JDK's {@code AsynchronousFileChannel}. */
    String NIO2 = "java-nio2";

    /** As it is called in parameters and reports. */
    String name();

    /** Opens a file of {@link FileLoad#BLOCKS} blocks for reading and writing. */
    FileLoad open(Path path, int inFlight) throws IOException;

    /** The names that run here: backends of Millrace first. */
    static List<String> usableNames() {
        List<String> names = new ArrayList<>();
        for (BackendInfo backend : Backends.report().backends()) {
            if (backend.usable()) {
                names.add(backend.name());
            }
        }
        names.add(NIO2);
        return names;
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException if there is none, or it cannot run here
     */
    static FileKind usable(String name) {
        if (!usableNames().contains(name)) {
            throw new IllegalArgumentException(
                    "no way to have files that runs here is called "
                            + name
                            + "; there are "
                            + usableNames());
        }
        return name.equals(NIO2) ? new Nio2FileKind() : new LoopFileKind(name);
    }
}
