// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.millrace.benchmarks.load.GrpcLoad;
import io.millrace.benchmarks.server.RunningServer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * gRPC on one event loop of a transport: its own builder, with what it takes to have that
 * transport.
 */
final class GrpcServer implements RunningServer, BindableService {
    private static final MethodDescriptor<byte[], byte[]> CALL =
            MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(
                            MethodDescriptor.generateFullMethodName(
                                    GrpcLoad.SERVICE, GrpcLoad.METHOD))
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();

    private final EventLoopGroup group;
    private final Server server;

    /** Messages as they are. */
    private static final class Bytes implements Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream message) {
            try {
                return message.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private GrpcServer(NettyTransport transport) throws IOException {
        group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(any)
                        .channelType(transport.listener())
                        .bossEventLoopGroup(group)
                        .workerEventLoopGroup(group)
                        .withOption(ChannelOption.SO_BACKLOG, NettyServer.BACKLOG)
                        .addService(this)
                        .directExecutor();
        transport.configure(builder::withChildOption);
        server = builder.build();
    }

    static GrpcServer start(NettyTransport transport) throws IOException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        GrpcServer server = new GrpcServer(transport);
        try {
            server.server.start();
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(GrpcLoad.SERVICE)
                .addMethod(CALL, ServerCalls.asyncUnaryCall(GrpcServer::answer))
                .build();
    }

    private static void answer(byte[] message, StreamObserver<byte[]> caller) {
        caller.onNext(message);
        caller.onCompleted();
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenSockets().get(0);
    }

    @Override
    public void check() {}

    @Override
    public void close() {
        server.shutdownNow();
        group.shutdownGracefully(0, NettyServer.STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly();
    }
}
