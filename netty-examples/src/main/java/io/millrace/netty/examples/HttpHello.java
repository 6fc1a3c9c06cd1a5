// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.millrace.LoopOptions;
import io.millrace.netty.MillraceTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A server of HTTP/1.1 by Netty's codec, which answers each request with a greeting. */
final class HttpHello {
    private static final byte[] GREETING = "Hello, world!\n".getBytes(StandardCharsets.UTF_8);

    private HttpHello() {}

    static ExampleServer serve(LoopOptions options, int port) {
        // The line that matters: group and channels of Millrace, where Netty's would stand.
        MillraceTransport transport = MillraceTransport.open(1, options);
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(new Pipeline())
                        .bind(InetAddress.getLoopbackAddress(), port)
                        .syncUninterruptibly()
                        .channel();
        return new Server(transport, server);
    }

    private record Server(MillraceTransport transport, Channel channel) implements ExampleServer {
        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) channel.localAddress();
        }

        @Override
        public void close() {
            transport.group().shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    /** What each connection goes through. */
    private static final class Pipeline extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel connection) {
            connection.pipeline().addLast(new HttpServerCodec(), new Greeter());
        }
    }

    /** Answers, and closes the connection if its client wants that. */
    @SuppressWarnings("FutureReturnValueIgnored") // what fails closes the connection
    private static final class Greeter extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                answer(context, HttpUtil.isKeepAlive(request));
            }
        }

        private static void answer(ChannelHandlerContext context, boolean isKeepAlive) {
            ByteBuf content = Unpooled.wrappedBuffer(GREETING);
            FullHttpResponse response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, GREETING.length);
            if (isKeepAlive) {
                context.write(response, context.voidPromise());
            } else {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
                context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            }
        }

        /** Answers to what came together leave together. */
        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        /** A broken connection is of no more use. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
