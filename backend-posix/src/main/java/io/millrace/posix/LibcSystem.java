// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Descriptors;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Spawner;
import io.millrace.spi.SystemServices;
import io.millrace.spi.TerminalCalls;
import org.jspecify.annotations.Nullable;

/** What libc has beside sockets, for one loop. */
final class LibcSystem implements SystemServices {
    /** Bound once, when the first loop needs one of them. */
    static final class Functions {
        static final SystemFunctions ONLY = Libc.bind(SystemFunctions.class);
    }

    private final LibcDescriptors descriptors;
    private final SystemCalls calls;
    private final Platform platform;
    private @Nullable LibcSpawner spawner;
    private @Nullable LibcTerminals terminals;

    LibcSystem(
            SystemCalls systemCalls,
            SocketCalls socketCalls,
            SocketOptions options,
            Platform platform) {
        calls = systemCalls;
        this.platform = platform;
        descriptors = new LibcDescriptors(systemCalls, socketCalls, options, platform);
    }

    @Override
    public Descriptors descriptors() {
        return descriptors;
    }

    @Override
    public TerminalCalls terminals() {
        LibcTerminals known = terminals;
        if (known == null) {
            known = new LibcTerminals(calls, descriptors, platform);
            terminals = known;
        }
        return known;
    }

    @Override
    public @Nullable String whyNoChildren() {
        return LibcSpawner.unusableReason(platform);
    }

    @Override
    public Spawner spawner() {
        LibcSpawner known = spawner;
        if (known == null) {
            known = new LibcSpawner(calls, platform);
            spawner = known;
        }
        return known;
    }

    /** Others than Linux tell of no names, so that the JDK's way of looking is as good. */
    @Override
    public @Nullable DirectoryNotices openDirectoryNotices() throws IoException {
        return Platform.current().system() == OperatingSystem.LINUX
                ? InotifyNotices.open(InotifyCalls.ofLibc())
                : null;
    }
}
