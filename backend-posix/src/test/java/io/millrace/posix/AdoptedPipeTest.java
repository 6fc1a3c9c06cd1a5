// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.process.Pipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that a pipe takes over, and what those find that share what they stand for. */
class AdoptedPipeTest {
    private static final int F_DUPFD = 0;
    private static final int F_GETFL = 3;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        Assumptions.assumeTrue(new PollBackend().probe().usable(), "native calls");
        loop = EventLoop.open(LoopOptions.builder().backend("poll").build());
    }

    @AfterEach
    void close() throws IOException {
        if (loop != null) {
            loop.closeAll();
        }
    }

    private static int fcntl(int descriptor, int command) {
        int result = LibcSystem.Functions.ONLY.fcntl(descriptor, command, 0);
        assertTrue(result >= 0, () -> "fcntl answered " + result);
        return result;
    }

    private static boolean blocks(int descriptor) {
        int nonBlocking = Platform.current().constants().openNonblock;
        return (fcntl(descriptor, F_GETFL) & nonBlocking) == 0;
    }

    private static int[] pipe() {
        NativeMemory pair = NativeMemory.allocate(2 * Integer.BYTES);
        assertEquals(0, pair.keptFor(LibcSystemCalls.instance().pipe(pair.address())));
        return new int[] {pair.getInt(0), pair.getInt(Integer.BYTES)};
    }

    private static void close(int descriptor) {
        assertEquals(0, LibcSystemCalls.instance().close(descriptor));
    }

    private void take(Chunk chunk) {
        byte[] bytes = new byte[chunk.length()];
        chunk.copyTo(0, bytes, 0, bytes.length);
        received.writeBytes(bytes);
    }

    /** Others can still write, so there is no end to wait for. */
    private void readOnce(Pipe pipe) {
        pipe.read(
                (stream, chunk) -> {
                    take(chunk);
                    stream.close();
                });
    }

    @Test
    void whoSharesItFindsItBlockingAgainAfterTheClose() throws IOException {
        int[] ends = pipe();
        int sharesSource = fcntl(ends[0], F_DUPFD);
        int sharesSink = fcntl(ends[1], F_DUPFD);
        Pipe source = Pipe.adopt(loop, ends[0]);
        Pipe sink = Pipe.adopt(loop, ends[1]);
        assertTrue(source.isSource() && !source.isSink() && sink.isSink() && !sink.isSource());
        assertEquals(ends[0], source.fileDescriptor());
        assertTrue(!blocks(sharesSource) && !blocks(sharesSink));
        readOnce(source);
        sink.write(new byte[] {1, 2, 3}, 0, 3);
        sink.closeWhenWritten();
        loop.run();
        assertArrayEquals(new byte[] {1, 2, 3}, received.toByteArray());
        assertTrue(blocks(sharesSource) && blocks(sharesSink));
        close(sharesSource);
        close(sharesSink);
    }

    @Test
    void oneThatDidNotBlockStaysSo() throws IOException {
        int[] ends = pipe();
        int shares = fcntl(ends[0], F_DUPFD);
        LibcSystemCalls.instance().setNonBlocking(shares);
        Pipe.adopt(loop, ends[0]).close();
        loop.run();
        assertTrue(!blocks(shares));
        close(shares);
        close(ends[1]);
    }

    @Test
    void oneThatGoesBothWaysIsUsedInBoth(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("fifo");
        Pipe.makeFifo(loop, path, PosixFilePermissions.fromString("rw-------"));
        int readWrite = Platform.current().constants().openReadWrite;
        int fd = LibcSystemCalls.instance().open(FileNames.zeroTerminated(path), readWrite);
        Pipe pipe = Pipe.adopt(loop, fd);
        assertTrue(pipe.isSource() && pipe.isSink());
        readOnce(pipe);
        pipe.write(new byte[] {1, 2, 3}, 0, 3);
        loop.run();
        assertArrayEquals(new byte[] {1, 2, 3}, received.toByteArray());
    }
}
