// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.soak;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.file.AsyncFile;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpStream;
import io.millrace.net.UdpSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The clients of a soak, all on one loop: some that ask and are answered for ever, whose latencies
 * are taken; some that pause; and some that come and go, in every way there is. Loop thread only.
 */
final class Guests {
    private static final int STEADY = 24;
    private static final int PAUSING = 6;
    private static final int VISITORS = 12;
    private static final int SOCKETS = 4;
    private static final int SMALL_BYTES = 512;
    private static final int LARGE_BYTES = 96 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration MOMENT = Duration.ofMillis(20);

    private final EventLoop loop;
    private final SocketAddress server;
    private final SocketAddress datagrams;
    private final SocketAddress nobody;
    private final Path file;
    private final SplittableRandom random;
    private Latencies latencies = new Latencies();
    private final byte[] bytes = new byte[LARGE_BYTES];
    private final ByteBuffer direct = ByteBuffer.allocateDirect(SMALL_BYTES);
    private long visits;
    private long failures;

    Guests(EventLoop loop, Hosts hosts, Path file, long seed) {
        this.loop = loop;
        server = hosts.address();
        datagrams = hosts.datagrams();
        nobody = hosts.nobody();
        this.file = file;
        random = new SplittableRandom(seed);
    }

    /** Gives away what was taken so far, and goes on with another. */
    Latencies exchange(Latencies next) {
        Latencies taken = latencies;
        latencies = next;
        return taken;
    }

    /** How many have come and gone. */
    long visits() {
        return visits;
    }

    /** How many operations have failed, as those at closed doors must. */
    long failures() {
        return failures;
    }

    void begin() throws IoException {
        for (int i = 0; i < STEADY; i++) {
            ask();
        }
        for (int i = 0; i < PAUSING; i++) {
            pause();
        }
        for (int i = 0; i < VISITORS; i++) {
            visit();
        }
        for (int i = 0; i < SOCKETS; i++) {
            shout();
        }
        readFiles();
    }

    /** Until the end of time; begun again should it end before. */
    private void ask() {
        new Asking(SMALL_BYTES, false).begin();
    }

    /** Large messages whose answers are not read for a while. */
    private void pause() {
        new Asking(LARGE_BYTES, true).begin();
    }

    private final class Asking implements ReadHandler {
        private final int size;
        private final boolean pauses;
        private int missing;
        private long began;

        Asking(int size, boolean pauses) {
            this.size = size;
            this.pauses = pauses;
        }

        void begin() {
            TcpStream stream = TcpStream.open(loop);
            stream.onClosed(() -> later(() -> new Asking(size, pauses).begin()));
            stream.readTimeout(PATIENCE, ByteStream::close);
            stream.connect(server)
                    .whenComplete(
                            (connected, failure) -> {
                                if (failure != null) {
                                    failures++;
                                    stream.close();
                                } else {
                                    stream.read(this);
                                    say(stream);
                                }
                            });
        }

        private void say(ByteStream stream) {
            missing = size;
            began = System.nanoTime();
            stream.write(bytes, 0, size);
        }

        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            missing -= chunk.length();
            if (missing == 0) {
                if (!pauses) {
                    latencies.add(System.nanoTime() - began);
                }
                say(stream);
            } else if (pauses && random.nextInt(4) == 0) {
                stream.pauseReading();
                later(() -> resume(stream));
            }
        }

        @Override
        public void onEnd(ByteStream stream) {
            stream.close();
        }

        @Override
        public void onFailure(ByteStream stream, IoException reason) {
            failures++;
            stream.close();
        }
    }

    private static void resume(ByteStream stream) {
        if (!stream.isClosing()) {
            stream.resumeReading();
        }
    }

    /** Comes, says something, and leaves in one of many ways; then comes the next. */
    private void visit() {
        TcpStream stream = TcpStream.open(loop);
        stream.onClosed(
                () -> {
                    visits++;
                    later(this::visit);
                });
        stream.onWriteFailure((written, failure) -> written.close());
        int way = random.nextInt(8);
        SocketAddress where = way == 0 ? nobody : server;
        stream.connect(where, PATIENCE)
                .whenComplete(
                        (connected, failure) -> {
                            if (failure != null) {
                                failures++;
                                stream.close();
                            } else {
                                leave(stream, way);
                            }
                        });
        if (way == 1) {
            stream.close();
        }
    }

    private void leave(TcpStream stream, int way) {
        if (stream.isClosing()) {
            return;
        }
        stream.readTimeout(PATIENCE, ByteStream::close);
        stream.read(new Leaving());
        stream.write(bytes, 0, 1 + random.nextInt(SMALL_BYTES));
        switch (way) {
            case 2 -> stream.closeReset();
            case 3 -> stream.close();
            case 4 -> later(stream::closeReset);
            case 5 -> {
                stream.write(bytes, 0, LARGE_BYTES);
                later(stream::closeReset);
            }
            case 6 -> stream.closeWhenWritten();
            default -> stream.shutdown();
        }
    }

    /** Reads to the end, and closes. */
    private static final class Leaving implements ReadHandler {
        @Override
        public void onRead(ByteStream stream, Chunk chunk) {}

        @Override
        public void onEnd(ByteStream stream) {
            stream.close();
        }

        @Override
        public void onFailure(ByteStream stream, IoException reason) {
            stream.close();
        }
    }

    /** Datagrams for the server and now and then for nobody; a new socket after some. */
    private void shout() {
        try {
            UdpSocket socket = UdpSocket.bind(loop, Hosts.anyPort());
            socket.onFailure((same, failure) -> failures++);
            socket.receive((same, datagram) -> {});
            socket.onClosed(() -> later(this::shout));
            Timer timer = Timer.open(loop);
            int[] left = {100};
            timer.startWithFixedDelay(
                    Duration.ZERO,
                    Duration.ofMillis(1),
                    () -> {
                        if (left[0]-- == 0) {
                            timer.close();
                            socket.close();
                        } else {
                            SocketAddress where = left[0] % 10 == 0 ? nobody : datagrams;
                            socket.send(ByteBuffer.wrap(bytes, 0, SMALL_BYTES), where);
                        }
                    });
        } catch (IoException outOfDescriptors) {
            failures++;
            later(this::shout);
        }
    }

    /** A file is written, read and closed, one that is not there is asked for, and again. */
    private void readFiles() {
        AsyncFile.open(loop, file.resolveSibling("not-there"), StandardOpenOption.READ)
                .whenComplete((opened, failure) -> failures++);
        AsyncFile.open(loop, file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                .whenComplete(
                        (opened, failure) -> {
                            if (failure != null) {
                                failures++;
                                later(this::readFiles);
                                return;
                            }
                            opened.onClosed(() -> later(this::readFiles));
                            opened.write(ByteBuffer.wrap(bytes), 0, (same, data, count) -> {});
                            opened.readFully(direct.clear(), 0, (same, data, count) -> {});
                            opened.close();
                        });
    }

    private void later(Runnable what) {
        Timer timer = Timer.open(loop);
        timer.startNanos(
                random.nextLong(MOMENT.toNanos()),
                () -> {
                    timer.close();
                    what.run();
                });
    }

    /** Where nobody listens, and what else they have to know. */
    interface Hosts {
        SocketAddress address();

        SocketAddress datagrams();

        SocketAddress nobody();

        static InetSocketAddress anyPort() {
            return new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0);
        }
    }
}
