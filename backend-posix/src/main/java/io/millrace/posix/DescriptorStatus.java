// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What fstat(2) says of a descriptor, asked for by its name in the file system: so the JDK knows
 * each system's layout. Any thread.
 */
final class DescriptorStatus {
    private DescriptorStatus() {}

    /**
     * Some fields of it as a text.
     *
     * @param fields as the JDK's file attribute view {@code unix} names them
     * @return null where no descriptors have names
     */
    static @Nullable String of(Platform platform, int descriptor, String fields) {
        boolean isLinux = platform.system() == OperatingSystem.LINUX;
        Path name = Path.of(isLinux ? "/proc/self/fd" : "/dev/fd", Integer.toString(descriptor));
        try {
            return new TreeMap<>(Files.readAttributes(name, "unix:" + fields)).toString();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unnamed) {
            // /proc is not mounted, say; whoever asks knows what to do then.
            return null;
        }
    }
}
