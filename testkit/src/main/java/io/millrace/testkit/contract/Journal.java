// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.WriteCallback;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/**
 * What happened, in order, as lines; and the callbacks that write them.
 *
 * <p>A line is a name, and after a failure its symbol: {@code "write ECANCELED"}.
 */
final class Journal {
    private final List<String> lines = new ArrayList<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    void add(String line) {
        lines.add(line);
    }

    List<String> lines() {
        return lines;
    }

    boolean has(String line) {
        return lines.contains(line);
    }

    long count(String line) {
        return lines.stream().filter(line::equals).count();
    }

    void assertIs(String... expected) {
        Assertions.assertEquals(List.of(expected), lines);
    }

    byte[] received() {
        return received.toByteArray();
    }

    int receivedCount() {
        return received.size();
    }

    /** A callback that writes one line. */
    Runnable line(String line) {
        return () -> add(line);
    }

    /** For a stage: the name, and the failure if there is one. */
    <T> BiConsumer<T, @Nullable Throwable> outcome(String name) {
        return (result, failure) -> add(name + symbol(failure));
    }

    WriteCallback written(String name) {
        return (stream, failure) -> add(name + symbol(failure));
    }

    /** Takes bytes, and writes a line for the end and for a failure; closes nothing. */
    ReadHandler reader(String name) {
        return new ReadHandler() {
            @Override
            public void onRead(ByteStream stream, Chunk chunk) {
                take(chunk);
            }

            @Override
            public void onEnd(ByteStream stream) {
                add(name + " end");
            }

            @Override
            public void onFailure(ByteStream stream, IoException failure) {
                add(name + symbol(failure));
            }
        };
    }

    void take(Chunk chunk) {
        byte[] bytes = new byte[chunk.length()];
        chunk.copyTo(0, bytes, 0, bytes.length);
        received.writeBytes(bytes);
    }

    void takeBuffer(ByteBuffer buffer) {
        while (buffer.hasRemaining()) {
            received.write(buffer.get());
        }
    }

    static String symbol(@Nullable Throwable failure) {
        if (failure == null) {
            return "";
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return symbol(failure.getCause());
        }
        return " " + (failure instanceof IoException io ? io.errorName() : failure.toString());
    }
}
