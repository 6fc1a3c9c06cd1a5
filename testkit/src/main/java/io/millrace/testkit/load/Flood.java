// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.load;

import io.millrace.EventLoop;
import io.millrace.Timer;
import io.millrace.Wakeup;
import io.millrace.file.AsyncFile;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * One kind of load on a loop that goes on by itself for as long as it is allowed to: begun by the
 * thread that opened or runs the loop, and over when it is closed, from any thread. What it leaves
 * on the loop is the loop's to close.
 */
public final class Flood implements AutoCloseable {
    /** What there is to flood a loop with. */
    public enum Kind {
        /** No flood, to compare with. */
        NOTHING,
        /** One file to a reader that keeps up, again and again. */
        A_FILE,
        /** The same to 16 readers. */
        SIXTEEN_FILES,
        /** Files of 1 KiB, a hundred in the queue. */
        SMALL_FILES,
        /** A write of 1 MiB in the callback of the one before. */
        LARGE_WRITES,
        /** The same with 64 MiB. */
        HUGE_WRITES,
        /** Writes of one byte each, three thousand in the queue. */
        SMALL_WRITES,
        /** A sender of long messages. */
        LARGE_MESSAGES,
        /** A sender of messages of 64 bytes. */
        SMALL_MESSAGES,
        /** Reads of 64 bytes into memory, each in the callback of the one before. */
        SMALL_READS,
        /** The same with 64 MiB. */
        HUGE_READS,
        /** Clients that connect and go. */
        CONNECTIONS,
        /** Tasks from another thread. */
        TASKS,
        /** Wake-ups from another thread. */
        WAKEUPS,
        /** Three thousand timers that start again at once. */
        TIMERS,
        /** Reads of 64 KiB from a file, 256 in flight. */
        FILE_READS,
        /** Reads of 64 MiB from a file. */
        HUGE_FILE_READS,
        /** Handles that are opened and closed by the thousand. */
        CLOSES
    }

    /** As much as a file or buffer of a usual size; enough to go on for much longer than a turn. */
    private static final int HUGE_BYTES = 64 << 20;

    private static final int LARGE_BYTES = 1 << 20;
    private static final int SMALL_BYTES = 64;
    private static final int READ_BYTES = 64 << 10;
    private static final int MANY = 3000;

    private final EventLoop loop;
    private final Path file;
    private final Peers peers = new Peers();
    private long callbacks;

    private Flood(EventLoop loop, Path file) {
        this.loop = loop;
        this.file = file;
    }

    /**
     * Begins a flood.
     *
     * @param file a file to send and to read, of at least 64 MiB
     */
    public static Flood begin(Kind kind, EventLoop loop, Path file) throws IOException {
        Flood flood = new Flood(loop, file);
        flood.begin(kind);
        return flood;
    }

    /** How many callbacks it has had so far. Loop thread only. */
    public long callbacks() {
        return callbacks;
    }

    /** What ended it early. */
    public List<Throwable> failures() {
        return peers.failures();
    }

    @Override
    public void close() throws IOException {
        peers.close();
    }

    private void begin(Kind kind) throws IOException {
        switch (kind) {
            case NOTHING -> {}
            case A_FILE -> serve(1, Peers.drains(), this::sendFile);
            case SIXTEEN_FILES -> serve(16, Peers.drains(), this::sendFile);
            case SMALL_FILES -> serve(1, Peers.drains(), this::sendSmallFiles);
            case LARGE_WRITES -> serve(1, Peers.drains(), s -> write(s, LARGE_BYTES));
            case HUGE_WRITES -> serve(1, Peers.drains(), s -> write(s, HUGE_BYTES));
            case SMALL_WRITES -> serve(1, Peers.drains(), this::writeMany);
            case LARGE_MESSAGES -> serve(1, Peers.sends(LARGE_BYTES), this::read);
            case SMALL_MESSAGES -> serve(1, Peers.sends(SMALL_BYTES), this::read);
            case SMALL_READS -> serve(1, Peers.sends(LARGE_BYTES), s -> read(s, SMALL_BYTES));
            case HUGE_READS -> serve(1, Peers.sends(LARGE_BYTES), s -> read(s, HUGE_BYTES));
            case CONNECTIONS -> accept();
            case TASKS -> execute();
            case WAKEUPS -> wake();
            case TIMERS -> startTimers();
            case FILE_READS -> open(256, READ_BYTES);
            case HUGE_FILE_READS -> open(1, HUGE_BYTES);
            case CLOSES -> closeHandles();
        }
    }

    private void serve(int clients, Peers.Role role, ConnectionHandler<? super TcpStream> handler)
            throws IOException {
        TcpServer server = listen(handler);
        for (int i = 0; i < clients; i++) {
            peers.connect(server.localAddress(), role);
        }
    }

    private TcpServer listen(ConnectionHandler<? super TcpStream> handler) throws IOException {
        return TcpServer.listen(
                loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler);
    }

    /** Counts a callback, and answers whether to go on. */
    private boolean goesOn() {
        callbacks++;
        return !peers.isOver();
    }

    private void sendFile(ByteStream stream) {
        sendFile(stream, -1);
    }

    private void sendSmallFiles(ByteStream stream) {
        for (int i = 0; i < 100; i++) {
            sendFile(stream, 1 << 10);
        }
    }

    private void sendFile(ByteStream stream, long count) {
        stream.sendFile(
                file,
                0,
                count,
                (same, failure) -> {
                    if (goesOn() && failure == null) {
                        sendFile(same, count);
                    }
                });
    }

    private void write(ByteStream stream, int count) {
        stream.watermarks(0, 0, 2L * count);
        writeAgain(stream, ByteBuffer.allocateDirect(count));
    }

    private void writeMany(ByteStream stream) {
        for (int i = 0; i < MANY; i++) {
            writeAgain(stream, ByteBuffer.allocateDirect(1));
        }
    }

    private void writeAgain(ByteStream stream, ByteBuffer buffer) {
        stream.write(
                buffer.clear(),
                (same, failure) -> {
                    if (goesOn() && failure == null) {
                        writeAgain(same, buffer);
                    }
                });
    }

    private void read(ByteStream stream) {
        stream.read((same, chunk) -> goesOn());
    }

    private void read(ByteStream stream, int count) {
        readAgain(stream, ByteBuffer.allocateDirect(count));
    }

    private void readAgain(ByteStream stream, ByteBuffer buffer) {
        stream.read(
                buffer.clear(),
                (same, filled, count) -> {
                    if (goesOn() && count > 0) {
                        readAgain(same, filled);
                    }
                });
    }

    private void accept() throws IOException {
        TcpServer server =
                listen(
                        stream -> {
                            goesOn();
                            stream.close();
                        });
        server.onAcceptError((same, failure) -> goesOn());
        for (int i = 0; i < 2; i++) {
            peers.start(
                    () -> {
                        try (Socket socket = new Socket()) {
                            socket.setSoLinger(true, 0);
                            socket.connect(server.localAddress());
                        }
                    });
        }
    }

    /** So many at once that the queue is never empty, and yet does not grow for ever. */
    private void execute() {
        Semaphore room = new Semaphore(100 * MANY);
        peers.start(
                () -> {
                    room.acquire();
                    loop.execute(
                            () -> {
                                goesOn();
                                room.release();
                            });
                });
    }

    private void wake() {
        Wakeup wakeup = Wakeup.open(loop, this::goesOn);
        peers.start(wakeup::send);
    }

    private void startTimers() {
        for (int i = 0; i < MANY; i++) {
            startAgain(Timer.open(loop));
        }
    }

    private void startAgain(Timer timer) {
        timer.start(
                Duration.ZERO,
                () -> {
                    if (goesOn()) {
                        startAgain(timer);
                    }
                });
    }

    private void open(int reads, int count) {
        AsyncFile.open(loop, file)
                .thenAccept(
                        opened -> {
                            for (int i = 0; i < reads; i++) {
                                ByteBuffer buffer = ByteBuffer.allocateDirect(count);
                                readAgain(opened, buffer, (long) i * count);
                            }
                        });
    }

    private void readAgain(AsyncFile opened, ByteBuffer buffer, long position) {
        opened.read(
                buffer.clear(),
                position,
                (same, filled, count) -> {
                    if (goesOn()) {
                        readAgain(same, filled, position);
                    }
                });
    }

    private void closeHandles() {
        for (int i = 0; i < MANY; i++) {
            closeAgain();
        }
    }

    private void closeAgain() {
        Timer handle = Timer.open(loop);
        handle.onClosed(
                () -> {
                    if (goesOn()) {
                        closeAgain();
                    }
                });
        handle.close();
    }
}
