// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Counts this process's sockets, epolls and eventfds; jars and pipes are the JVM's own. */
final class OpenDescriptors {
    private OpenDescriptors() {}

    static long count() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(OpenDescriptors::isOurKind).count();
        }
    }

    private static boolean isOurKind(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:") || target.startsWith("anon_inode:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
