// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.load.EchoLoad;
import io.millrace.benchmarks.load.GrpcLoad;
import io.millrace.benchmarks.load.HttpLoad;
import io.millrace.benchmarks.load.RequestLoad;
import io.millrace.benchmarks.netty.NettyKind;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/** What servers and load speak. */
enum Protocol {
    /** What comes goes back. */
    ECHO("Echo") {
        @Override
        boolean isSpokenBy(ServerKind kind) {
            return true;
        }

        @Override
        RunningServer start(ServerKind kind) throws IOException {
            return kind.start(Service.ECHO, Accepting.ONE_LOOP);
        }

        @Override
        RequestLoad load(RunningServer server, Shape shape) throws IOException {
            return new EchoLoad(server, shape.connections(), shape.bytes(), shape.inFlight());
        }
    },
    /** HTTP/1.1: the bytes of a shape are those of a response's body. */
    HTTP("HTTP") {
        @Override
        RunningServer start(ServerKind kind) throws IOException {
            return ((NettyKind) kind).startHttp();
        }

        @Override
        RequestLoad load(RunningServer server, Shape shape) throws IOException {
            return new HttpLoad(server, shape.connections(), shape.bytes(), shape.inFlight());
        }
    },
    /** Unary calls of gRPC: the bytes of a shape are those of the message, both ways. */
    GRPC("gRPC") {
        @Override
        RunningServer start(ServerKind kind) throws IOException {
            return ((NettyKind) kind).startGrpc();
        }

        @Override
        RequestLoad load(RunningServer server, Shape shape) throws IOException {
            return new GrpcLoad(server, shape.connections(), shape.bytes());
        }

        @Override
        void require(Shape shape) throws UsageException {
            if (shape.inFlight() != 1) {
                throw new UsageException("--protocol grpc has one call in flight, not " + shape);
            }
        }
    };

    private final String title;

    Protocol(String title) {
        this.title = title;
    }

    static Protocol named(String name) throws UsageException {
        for (Protocol protocol : values()) {
            if (protocol.label().equals(name)) {
                return protocol;
            }
        }
        String all = String.join(", ", Arrays.stream(values()).map(Protocol::label).toList());
        throw new UsageException("--protocol is one of " + all + ", not " + name);
    }

    /** As it is called in options. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As it is called in reports. */
    String title() {
        return title;
    }

    /** Whether a server of this kind can be had. */
    boolean isSpokenBy(ServerKind kind) {
        return kind instanceof NettyKind;
    }

    /** Starts one on one loop. */
    abstract RunningServer start(ServerKind kind) throws IOException;

    abstract RequestLoad load(RunningServer server, Shape shape) throws IOException;

    /** Refuses a shape that this protocol cannot have. */
    void require(Shape shape) throws UsageException {}
}
