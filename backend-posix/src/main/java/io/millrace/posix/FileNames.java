// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import java.nio.file.Path;
import java.util.Arrays;

/** Paths as system calls take them. Any thread. */
public final class FileNames {
    private FileNames() {}

    /**
     * The path in the encoding of file names, and a zero byte.
     *
     * @throws IoException if that encoding cannot express it
     */
    public static NativeMemory zeroTerminated(Path path) throws IoException {
        byte[] name = SocketAddressCodec.fileNameBytes(path.toString());
        NativeMemory memory = NativeMemory.allocate(name.length + 1);
        memory.putBytes(0, Arrays.copyOf(name, name.length + 1));
        return memory;
    }
}
