// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.millrace.benchmarks.load.Payload;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.Service;
import io.millrace.benchmarks.server.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;

/** The services as a user of Netty would write them. */
@SuppressWarnings("FutureReturnValueIgnored") // What fails reaches exceptionCaught or closes.
final class Services {
    private Services() {}

    static ChannelHandler handler(Service service, Faults faults) {
        return switch (service) {
            case ECHO -> new Echo(faults);
            case SINK -> new Counting(faults);
            case SOURCE -> new Sending(faults);
            case CLOSE -> new Closing(faults);
        };
    }

    /** A broken connection is closed; anything else is a fault of the server. */
    abstract static class Handler extends ChannelInboundHandlerAdapter {
        private final Faults faults;

        Handler(Faults faults) {
            this.faults = faults;
        }

        /** Without auto-read nobody else asks. */
        @Override
        public void channelActive(ChannelHandlerContext context) {
            readOn(context);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            readOn(context);
        }

        static void readOn(ChannelHandlerContext context) {
            if (!context.channel().config().isAutoRead()) {
                context.read();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException)) {
                faults.report(cause);
            }
            context.close();
        }
    }

    /** Writes as it reads, flushes once all that was ready has been read. */
    private static final class Echo extends Handler {
        Echo(Faults faults) {
            super(faults);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
            readOn(context);
        }
    }

    private static final class Counting extends Handler {
        private final Sink sink = new Sink();

        Counting(Faults faults) {
            super(faults);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            sink.accept(bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes()));
            bytes.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                context.writeAndFlush(Unpooled.wrappedBuffer(sink.verdict()))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    private static final class Sending extends Handler {
        private static final int BLOCK_BYTES = 64 << 10;

        private long sent;

        Sending(Faults faults) {
            super(faults);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            fill(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                fill(context);
            }
        }

        /** Both write and flush may call this again before they return. */
        private void fill(ChannelHandlerContext context) {
            while (context.channel().isWritable()) {
                var block = Payload.window(Payload.newView(), sent, BLOCK_BYTES);
                sent += BLOCK_BYTES;
                context.write(Unpooled.wrappedBuffer(block), context.voidPromise());
            }
            context.flush();
        }
    }

    private static final class Closing extends Handler {
        Closing(Faults faults) {
            super(faults);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.close();
        }
    }
}
