// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.file.FileSystem;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is larger than the heap cannot be read whole, which ends the reading and no loop. */
class WholeFileWithoutMemoryTest {
    private static final long BYTES = 64L << 20;
    private static final int HANG_SECONDS = 120;

    @TempDir Path directory;

    @Test
    void theReadingEndsAndTheLoopGoesOn() throws Exception {
        Path large = directory.resolve("large");
        try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
            sparse.setLength(BYTES);
        }
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process reader =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx24m",
                                "-cp",
                                classPath,
                                Reader.class.getName(),
                                large.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertTrue(reader.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "the reading has no end");
            String said = new String(reader.getInputStream().readAllBytes());
            assertEquals("java.lang.OutOfMemoryError, 1 byte", said);
        } finally {
            reader.destroyForcibly();
        }
    }

    /** Reads a file that is too large, and then one that is not. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) throws IoException {
            EventLoop loop = EventLoop.open();
            FileSystem files = FileSystem.of(loop);
            Path large = Path.of(arguments[0]);
            files.readAll(large, Integer.MAX_VALUE)
                    .whenComplete(
                            (none, failure) -> {
                                System.out.print(failure.getClass().getName());
                                readSmall(files, large.resolveSibling("small"));
                            });
            loop.run();
            loop.close();
        }

        private static void readSmall(FileSystem files, Path small) {
            files.writeAll(small, java.nio.ByteBuffer.allocate(1))
                    .thenCompose(path -> files.readAll(path, 1))
                    .thenAccept(bytes -> System.out.print(", " + bytes.length + " byte"));
        }
    }
}
