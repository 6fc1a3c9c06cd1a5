// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.posix.OpenFlags;
import io.millrace.posix.Processor;
import io.millrace.posix.SocketConstants;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileRequest;
import java.util.ArrayDeque;
import java.util.Objects;

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
    private final Features features;
    private final SocketConstants constants;
    private final ArrayDeque<UringFileRequest> idle = new ArrayDeque<>();

    UringFiles(UringDriver driver, Features features, SocketConstants constants) {
        this.driver = driver;
        this.features = features;
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
        driver.fileBegun();
    }

    @Override
    public void cancel(FileRequest request) {
        ((UringFileRequest) Objects.requireNonNull(request.inEngine)).cancel();
    }

    /** Takes a requester back whose request has ended. */
    void idles(UringFileRequest requester) {
        idle.addLast(requester);
    }

    /** What rings have operations for, some only on newer kernels. */
    @Override
    public boolean carriesOut(FileRequest request) {
        return switch (request.operation()) {
            case READ_VECTOR -> features.hasOpcode(Opcode.READV);
            case WRITE_VECTOR -> features.hasOpcode(Opcode.WRITEV);
            case TRUNCATE -> features.hasOpcode(Opcode.FTRUNCATE);
            case ALLOCATE -> features.hasOpcode(Opcode.FALLOCATE);
            case ADVISE ->
                    features.hasOpcode(Opcode.FADVISE) && request.length() <= Integer.MAX_VALUE;
            case LINK_STATUS, STATUS_OF_FILE -> true;
            case MAKE_DIRECTORY -> features.hasOpcode(Opcode.MKDIRAT);
            case REMOVE, REMOVE_DIRECTORY -> features.hasOpcode(Opcode.UNLINKAT);
            case RENAME -> features.hasOpcode(Opcode.RENAMEAT);
            case LINK -> features.hasOpcode(Opcode.LINKAT);
            case SYMBOLIC_LINK -> features.hasOpcode(Opcode.SYMLINKAT);
            default -> FileEngine.super.carriesOut(request);
        };
    }

    /** The flags of open(2). */
    int openFlags(FileRequest request) {
        return OpenFlags.of(request, constants, Processor.current());
    }
}
