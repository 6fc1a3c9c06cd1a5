// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopPart;
import io.millrace.spi.Gather;
import io.millrace.spi.SystemServices;
import io.millrace.spi.reactor.ChunkPool;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;

/**
 * What all pipes of a loop share: chunks to receive into, apart from those of its sockets because
 * some drivers lend theirs to the kernel; a list of segments; and memory on the way from a file.
 */
final class PipeChunks {
    static final LoopPart<PipeChunks> OF_LOOP = new LoopPart<>(PipeChunks::new);

    private static final int FILE_BYTES = 64 << 10;

    final ChunkPool chunks;
    final Gather gather;
    private final ByteBuffer[] fileBuffer = new ByteBuffer[1];

    private PipeChunks(Loop loop) {
        SystemServices system = loop.driver.system();
        ToLongFunction<ByteBuffer> addressOf =
                system == null ? memory -> 0 : system.descriptors()::addressOf;
        chunks = new ChunkPool(loop.driverConfig(), addressOf, loop.context());
        gather = new Gather(loop.capabilities.maximumGather());
    }

    /** For one read of a file and the write that follows at once. */
    ByteBuffer fileBuffer() {
        if (fileBuffer[0] == null) {
            fileBuffer[0] = ByteBuffer.allocateDirect(FILE_BYTES);
        }
        return fileBuffer[0].clear();
    }
}
