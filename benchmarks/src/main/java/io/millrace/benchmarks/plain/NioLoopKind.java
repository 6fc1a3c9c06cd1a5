// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.loop.LoopKind;
import io.millrace.benchmarks.loop.RunningLoop;
import io.millrace.benchmarks.loop.TurnableLoop;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A selector loop written by hand, with a concurrent queue for tasks. */
public final class NioLoopKind implements LoopKind {
    @Override
    public String name() {
        return "java-nio";
    }

    @Override
    public @Nullable String refusal() {
        return null;
    }

    @Override
    public RunningLoop start() throws IOException {
        NioLoop loop = new NioLoop(Service.ECHO, new Faults());
        loop.start();
        return new RunningLoop() {
            @Override
            public void execute(Runnable task) {
                loop.execute(task);
            }

            @Override
            public void close() {
                try {
                    loop.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    @Override
    public TurnableLoop open() throws IOException {
        Selector selector = Selector.open();
        Consumer<SelectionKey> ignored = key -> {};
        return new TurnableLoop() {
            @Override
            public void turn() throws IOException {
                selector.selectNow(ignored);
            }

            @Override
            public void close() throws IOException {
                selector.close();
            }
        };
    }
}
