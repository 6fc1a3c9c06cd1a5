// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.millrace.LoopOptions;
import io.netty.util.Version;
import java.util.Locale;

/**
 * The examples. As a program, {@code Example NAME [PORT]} serves one until it is ended, on the
 * backend that {@code millrace.backend} says.
 */
public enum Example {
    HTTP {
        @Override
        ExampleServer serve(LoopOptions options, int port) throws Exception {
            return HttpHello.serve(options, port);
        }
    },
    GRPC {
        @Override
        ExampleServer serve(LoopOptions options, int port) throws Exception {
            return GrpcGreeter.serve(options, port);
        }
    },
    VERTX {
        @Override
        ExampleServer serve(LoopOptions options, int port) throws Exception {
            return VertxHello.serve(options, port);
        }
    },
    REACTOR {
        @Override
        ExampleServer serve(LoopOptions options, int port) throws Exception {
            return ReactorHello.serve(options, port);
        }
    };

    private static final int DEFAULT_PORT = 8080;

    /**
     * Serves at the loopback address.
     *
     * @param port 0 lets the system choose
     */
    abstract ExampleServer serve(LoopOptions options, int port) throws Exception;

    /** Whether its clients speak HTTP/1.1. */
    boolean isHttp() {
        return this != GRPC;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            System.err.println("usage: run http|grpc|vertx|reactor [PORT]");
            System.exit(2);
        }
        Example example = valueOf(arguments[0].toUpperCase(Locale.ROOT));
        int port = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_PORT;
        ExampleServer server = example.serve(LoopOptions.DEFAULT, port);
        System.out.println(
                arguments[0] + ": listening on " + server.address() + ", Netty " + netty());
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }

    /** The version of Netty that is here. */
    static String netty() {
        Version version = Version.identify().get("netty-transport");
        return version == null ? "of unknown version" : version.artifactVersion();
    }
}
