// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the loads have in common: one selector, a count of what was done, and an eye on the server.
 *
 * <p>Confined to one thread. After an {@link IOException} the load is of no more use but to close.
 */
public abstract class Load implements AutoCloseable {
    /** How long a server may be silent; far more than any garbage collection takes. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How often a silent server is asked whether it has failed. */
    private static final long LOOK_MILLIS = 500;

    final RunningServer server;
    private final Selector selector;
    private final Consumer<SelectionKey> dispatcher = this::dispatch;
    private @Nullable IOException failure;
    private long goal;
    private long done;
    private boolean progressed;
    private long progressNanos;

    Load(RunningServer server) throws IOException {
        this.server = server;
        selector = Selector.open();
    }

    /** Goes on until {@code operations} more are done than when the last run was to end. */
    public final void run(long operations) throws IOException {
        goal += operations;
        progressNanos = System.nanoTime();
        while (done < goal) {
            turn();
        }
    }

    /** Goes on for {@code nanos}, and returns how many operations were done in that time. */
    public final long runFor(long nanos) throws IOException {
        long doneBefore = done;
        long begun = System.nanoTime();
        progressNanos = begun;
        while (System.nanoTime() - begun < nanos) {
            turn();
        }
        goal = done;
        return done - doneBefore;
    }

    /** Asks for nothing new, and waits for all that is still to come. */
    public abstract void finish() throws IOException;

    /** Closes the connections, in whatever state they are. */
    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    /** Something has come, or can be sent, on the connection of this key. */
    abstract void ready(SelectionKey key) throws IOException;

    /** Waits until {@code remaining} answers zero. */
    final void drain(java.util.function.LongSupplier remaining) throws IOException {
        progressNanos = System.nanoTime();
        while (remaining.getAsLong() > 0) {
            turn();
        }
    }

    final void count(long operations) {
        done += operations;
    }

    /** Bytes have moved, so the server is alive. */
    final void progress() {
        progressed = true;
    }

    final SelectionKey register(SocketChannel channel, int operations, Object connection)
            throws IOException {
        return channel.register(selector, operations, connection);
    }

    private void turn() throws IOException {
        selector.select(dispatcher, LOOK_MILLIS);
        if (failure != null) {
            server.check();
            throw failure;
        }
        if (progressed) {
            progressed = false;
            progressNanos = System.nanoTime();
        } else {
            lookForStall();
        }
    }

    private void lookForStall() throws IOException {
        server.check();
        if (System.nanoTime() - progressNanos > STALL_NANOS) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(STALL_NANOS);
            throw new IOException("the server has not answered for " + seconds + " s");
        }
    }

    private void dispatch(SelectionKey key) {
        if (failure != null) {
            return;
        }
        try {
            ready(key);
        } catch (IOException e) {
            failure = e;
        }
    }
}
