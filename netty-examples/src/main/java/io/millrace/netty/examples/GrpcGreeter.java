// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.millrace.LoopOptions;
import io.millrace.netty.MillraceTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * gRPC's greeter. What {@code protoc} would generate is written out here: one method, and {@link
 * GreeterMessage}s; any client of {@code helloworld.Greeter} can talk to it.
 */
final class GrpcGreeter implements BindableService {
    private static final String SERVICE = "helloworld.Greeter";
    private static final long CLOSE_SECONDS = 10;

    static final MethodDescriptor<String, String> SAY_HELLO =
            MethodDescriptor.<String, String>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "SayHello"))
                    .setRequestMarshaller(GreeterMessage.MARSHALLER)
                    .setResponseMarshaller(GreeterMessage.MARSHALLER)
                    .build();

    private GrpcGreeter() {}

    static ExampleServer serve(LoopOptions options, int port) throws IOException {
        MillraceTransport transport = MillraceTransport.open(1, options);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Server server =
                NettyServerBuilder.forAddress(address)
                        // The lines that matter: gRPC wants all three, or none.
                        .channelType(transport.serverSocketChannel())
                        .bossEventLoopGroup(transport.group())
                        .workerEventLoopGroup(transport.group())
                        .addService(new GrpcGreeter())
                        .directExecutor()
                        .build()
                        .start();
        return new Running(transport, server);
    }

    /** A client on the same transport. */
    static ManagedChannel connect(MillraceTransport transport, InetSocketAddress server) {
        return NettyChannelBuilder.forAddress(server)
                // The lines that matter.
                .channelType(transport.socketChannel(), InetSocketAddress.class)
                .eventLoopGroup(transport.group())
                .usePlaintext()
                .directExecutor()
                .build();
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(SAY_HELLO, ServerCalls.asyncUnaryCall(GrpcGreeter::sayHello))
                .build();
    }

    private static void sayHello(String name, StreamObserver<String> caller) {
        caller.onNext("Hello " + name);
        caller.onCompleted();
    }

    private record Running(MillraceTransport transport, Server server) implements ExampleServer {
        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) server.getListenSockets().get(0);
        }

        @Override
        public void close() {
            server.shutdownNow();
            transport
                    .group()
                    .shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly();
        }
    }
}
