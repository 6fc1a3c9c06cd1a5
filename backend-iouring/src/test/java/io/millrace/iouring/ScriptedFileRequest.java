// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileVector;
import io.millrace.spi.OpenFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A file request that writes down its ends. */
class ScriptedFileRequest extends FileRequest {
    static final int DESCRIPTOR = 33;

    /** An open file, without the trouble of opening it. */
    static final OpenFile FILE =
            new OpenFile() {
                @Override
                public int descriptor() {
                    return DESCRIPTOR;
                }

                @Override
                public long size() {
                    throw new AssertionError("a ring asks the kernel");
                }

                @Override
                public int read(ByteBuffer into, long position) {
                    return 0;
                }

                @Override
                public void close() {
                    throw new AssertionError("a ring closes by a request");
                }
            };

    final List<String> ends = new ArrayList<>();

    ScriptedFileRequest status(Path path) {
        askStatus(path);
        return this;
    }

    ScriptedFileRequest open(Path path, StandardOpenOption... options) {
        askOpen(path, Set.of(options));
        return this;
    }

    ScriptedFileRequest openWithoutWaiting(Path path) {
        askOpen(path, Set.of(StandardOpenOption.READ), OPEN_NONBLOCKING);
        return this;
    }

    ScriptedFileRequest read(ByteBuffer buffer, int from, int to, long position) {
        askTransfer(Operation.READ, FILE, buffer, from, to, position);
        return this;
    }

    ScriptedFileRequest write(ByteBuffer buffer, int from, int to, long position) {
        askTransfer(Operation.WRITE, FILE, buffer, from, to, position);
        return this;
    }

    ScriptedFileRequest vector(Operation operation, FileVector vector, long position) {
        askVector(operation, FILE, vector, position);
        return this;
    }

    ScriptedFileRequest stretch(Operation operation, long position, long length, int flags) {
        askStretch(operation, FILE, position, length, flags);
        return this;
    }

    ScriptedFileRequest ofPath(Operation operation, Path path, int flags) {
        askOfPath(operation, path, flags);
        return this;
    }

    ScriptedFileRequest ofPaths(Operation operation, Path path, Path target, int flags) {
        askOfPaths(operation, path, target, flags);
        return this;
    }

    ScriptedFileRequest of(Operation operation) {
        ask(operation, FILE);
        return this;
    }

    @Override
    public void onEnded(long result) {
        ends.add(result < 0 ? Code.name((int) result) : Long.toString(result));
    }
}
