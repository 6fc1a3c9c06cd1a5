// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.millrace;

import io.millrace.BackendInfo;
import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Wakeup;
import io.millrace.benchmarks.loop.LoopKind;
import io.millrace.benchmarks.loop.RunningLoop;
import io.millrace.benchmarks.loop.TurnableLoop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A backend of Millrace, by whose name it goes. */
public final class MillraceLoopKind implements LoopKind {
    private final BackendInfo backend;

    public MillraceLoopKind(BackendInfo backend) {
        this.backend = backend;
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public @Nullable String refusal() {
        return backend.usable() ? null : backend.reason();
    }

    @Override
    public RunningLoop start() throws IOException {
        EventLoopGroup group = EventLoopGroup.open(1, options());
        EventLoop loop = group.next();
        return new RunningLoop() {
            @Override
            public void execute(Runnable task) {
                loop.execute(task);
            }

            @Override
            public void close() {
                group.close();
            }
        };
    }

    @Override
    public TurnableLoop open() throws IOException {
        EventLoop loop = EventLoop.open(options());
        Wakeup.open(loop);
        return new TurnableLoop() {
            @Override
            public void turn() throws IOException {
                loop.run(RunMode.NOWAIT);
            }

            @Override
            public void close() throws IOException {
                loop.closeAll();
            }
        };
    }

    private LoopOptions options() {
        return LoopOptions.builder().backend(backend.name()).build();
    }
}
