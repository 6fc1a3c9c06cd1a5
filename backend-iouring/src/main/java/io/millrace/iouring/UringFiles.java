// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.posix.SocketConstants;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileRequest;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Set;

/**
 * Files through a ring. Sockets have one request of each kind in flight; of files a server that
 * reads at random has as many as the device can use. So each has a requester of its own, out of
 * those that are idle.
 *
 * <p>What is in the page cache is copied when the request is submitted; for the rest the kernel
 * waits for the device, on threads of its own where it has no better way.
 */
final class UringFiles implements FileEngine {
    private final UringDriver driver;
    private final SocketConstants constants;
    private final ArrayDeque<UringFileRequest> idle = new ArrayDeque<>();

    UringFiles(UringDriver driver, SocketConstants constants) {
        this.driver = driver;
        this.constants = constants;
    }

    @Override
    public void start(FileRequest request) {
        UringFileRequest last = idle.peekLast();
        UringFileRequest requester = last == null ? new UringFileRequest(driver, this) : last;
        requester.begin(request);
        request.inEngine = requester;
        if (last != null) {
            idle.removeLast();
        }
    }

    @Override
    public void cancel(FileRequest request) {
        ((UringFileRequest) Objects.requireNonNull(request.inEngine)).cancel();
    }

    /** Takes a requester back whose request has ended. */
    void idles(UringFileRequest requester) {
        idle.addLast(requester);
    }

    /** The flags of open(2). */
    int openFlags(Set<StandardOpenOption> options) {
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
        return options.contains(StandardOpenOption.TRUNCATE_EXISTING)
                ? flags | constants.openTruncate
                : flags;
    }
}
