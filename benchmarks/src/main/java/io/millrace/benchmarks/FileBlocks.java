// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.file.FileKind;
import io.millrace.benchmarks.file.FileLoad;
import io.millrace.benchmarks.load.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Blocks of 4 KiB in random order of a file that is in the page cache. */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class FileBlocks extends WarmBenchmark {
    private static final int BLOCKS = 256;

    /** A way to have files; {@link Main} puts those in its place that can run here. */
    @Param("nio")
    public String file = "";

    @Param("16")
    public int inFlight;

    private Path full;
    private Path empty;
    private FileLoad reads;
    private FileLoad writes;

    @Setup(Level.Trial)
    public void open() throws IOException {
        FileKind kind = FileKind.usable(file);
        full = Files.createTempFile("millrace-read", null);
        empty = Files.createTempFile("millrace-written", null);
        fill(full, Payload.newView());
        fill(empty, null);
        reads = kind.open(full, inFlight);
        writes = kind.open(empty, inFlight);
    }

    private static void fill(Path path, @Nullable ByteBuffer source) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(FileLoad.BLOCK_BYTES);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int i = 0; i < FileLoad.BLOCKS; i++) {
                long position = (long) i * FileLoad.BLOCK_BYTES;
                channel.write(
                        source == null
                                ? zeros.clear()
                                : Payload.window(source, position, FileLoad.BLOCK_BYTES),
                        position);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public void read() throws IOException {
        try {
            reads.read(BLOCKS);
        } catch (IOException e) {
            throw Failure.of(e);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public void write() throws IOException {
        try {
            writes.write(BLOCKS);
        } catch (IOException e) {
            throw Failure.of(e);
        }
    }

    @TearDown(Level.Trial)
    public void compareAndClose() throws IOException {
        reads.close();
        writes.close();
        requireWritten(writes.written());
        Files.delete(full);
        Files.delete(empty);
    }

    private void requireWritten(BitSet blocks) throws IOException {
        Payload payload = new Payload();
        ByteBuffer block = ByteBuffer.allocateDirect(FileLoad.BLOCK_BYTES);
        try (FileChannel channel = FileChannel.open(empty)) {
            for (int i = blocks.nextSetBit(0); i >= 0; i = blocks.nextSetBit(i + 1)) {
                long position = (long) i * FileLoad.BLOCK_BYTES;
                channel.read(block.clear(), position);
                if (!payload.matches(block.flip(), position)) {
                    throw Failure.of(new IOException("block " + i + " was not written"));
                }
            }
        }
    }
}
