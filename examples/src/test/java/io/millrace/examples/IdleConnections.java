// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * An echo server that says how much memory it holds: its port to begin with, and for each line that
 * it is given the bytes of the heap that are in use and those of direct buffers.
 */
final class IdleConnections {
    private IdleConnections() {}

    public static void main(String[] arguments) throws IOException {
        BufferPoolMXBean direct =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .findFirst()
                        .orElseThrow();
        EventLoop loop = EventLoop.open(LoopOptions.builder().backend(arguments[0]).build());
        ReadHandler echo = new Echo();
        TcpServer server =
                TcpServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        stream -> stream.read(echo));
        say(((InetSocketAddress) server.localAddress()).getPort());
        Thread asked = new Thread(() -> answerQuestions(loop, direct), "questions");
        asked.setDaemon(true);
        asked.start();
        loop.run();
    }

    private static void answerQuestions(EventLoop loop, BufferPoolMXBean direct) {
        BufferedReader questions =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            while (questions.readLine() != null) {
                loop.execute(() -> say(used(direct)));
            }
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        } finally {
            loop.stop();
        }
    }

    /** Nobody else allocates: the loop is here, and the other thread waits for a line. */
    private static long used(BufferPoolMXBean direct) {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory() + direct.getMemoryUsed();
    }

    private static void say(long number) {
        System.out.println(number);
        System.out.flush();
    }

    private static final class Echo implements ReadHandler {
        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            stream.write(chunk);
        }

        @Override
        public void onEnd(ByteStream stream) {
            stream.close();
        }
    }
}
