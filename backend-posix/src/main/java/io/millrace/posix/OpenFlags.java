// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.FileRequest;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** The flags and modes with which Linux's open(2) is called. */
public final class OpenFlags {
    private static final int TEMPORARY = 020000000;

    private OpenFlags() {}

    /** What a request to open says, as flags. */
    public static int of(FileRequest request, SocketConstants constants, Processor processor) {
        Set<StandardOpenOption> options = request.options();
        int flags = constants.openCloexec;
        if (options.contains(StandardOpenOption.APPEND)) {
            flags |= constants.openWriteOnly | constants.openAppend;
        } else if (options.contains(StandardOpenOption.WRITE)) {
            boolean reads = options.contains(StandardOpenOption.READ);
            flags |= reads ? constants.openReadWrite : constants.openWriteOnly;
        }
        if (options.contains(StandardOpenOption.CREATE_NEW)) {
            flags |= constants.openCreate | constants.openExclusive;
        } else if (options.contains(StandardOpenOption.CREATE)) {
            flags |= constants.openCreate;
        }
        if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            flags |= constants.openTruncate;
        }
        if ((request.flags() & FileRequest.OPEN_DIRECT) != 0) {
            flags |= direct(processor);
        }
        if ((request.flags() & FileRequest.OPEN_NONBLOCKING) != 0) {
            flags |= constants.openNonblock;
        }
        if ((request.flags() & FileRequest.OPEN_TEMPORARY) != 0) {
            flags |= TEMPORARY | directory(processor);
        }
        return flags;
    }

    /** The permissions of a file that it makes, less what the umask says. */
    public static int mode(FileRequest request) {
        int ownersAlone = FileRequest.OPEN_TEMPORARY | FileRequest.OPEN_PRIVATE;
        return (request.flags() & ownersAlone) != 0 ? 0600 : 0666;
    }

    /** O_DIRECTORY: asm-generic/fcntl.h, and where the processor has its own. */
    static int directory(Processor processor) {
        return switch (processor) {
            case AARCH64, PPC64 -> 040000;
            default -> 0200000;
        };
    }

    /** O_NOFOLLOW, likewise. */
    static int noFollow(Processor processor) {
        return switch (processor) {
            case AARCH64, PPC64 -> 0100000;
            default -> 0400000;
        };
    }

    /** O_DIRECT, likewise. */
    private static int direct(Processor processor) {
        return switch (processor) {
            case AARCH64 -> 0200000;
            case PPC64 -> 0400000;
            case MIPS64EL -> 0100000;
            default -> 040000;
        };
    }
}
