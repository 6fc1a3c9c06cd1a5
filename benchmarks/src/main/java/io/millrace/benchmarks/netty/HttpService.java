// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.millrace.benchmarks.load.Payload;
import io.millrace.benchmarks.server.Faults;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;

/**
 * Behind Netty's codec of HTTP/1.1: answers {@code GET /N} with the first N bytes of the payload,
 * which are there already. Answers to what was read together leave together.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails reaches exceptionCaught or closes.
final class HttpService extends Services.Handler {
    private static final ByteBuf PAYLOAD = payload();

    HttpService(Faults faults) {
        super(faults);
    }

    private static ByteBuf payload() {
        ByteBuf bytes = Unpooled.directBuffer(Payload.LONGEST);
        bytes.writeBytes(Payload.window(Payload.newView(), 0, Payload.LONGEST));
        return Unpooled.unreleasableBuffer(bytes);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            String path = request.uri();
            int length = Integer.parseInt(path, 1, path.length(), 10);
            FullHttpResponse response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.OK,
                            PAYLOAD.retainedSlice(0, length));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, length);
            context.write(response, context.voidPromise());
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
        readOn(context);
    }
}
