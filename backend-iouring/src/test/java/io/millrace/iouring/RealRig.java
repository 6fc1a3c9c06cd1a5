// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.ListenSpec;
import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.BooleanSupplier;

/** A driver on the running kernel, with ordinary sockets as peers. */
final class RealRig implements AutoCloseable {
    /** Only a hang takes so long. */
    private static final long DEADLINE_NANOS = 20_000_000_000L;

    private static final long POLL_NANOS = 20_000_000;

    final ScriptedContext context = new ScriptedContext(System::nanoTime);
    final Driver driver;

    /** Skips the test where there are no rings. */
    RealRig(DriverConfig config) throws IoException {
        BackendUnderTest backend = BackendUnderTest.named("io_uring");
        backend.assumeUsable();
        driver = backend.provider().open(config, context);
    }

    ScriptedListener listen(int backlog) throws IoException {
        ScriptedListener listener = new ScriptedListener();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ListenSpec spec = new ListenSpec(address, backlog, true, false, 0);
        return listener.on(driver.streams().listen(spec, listener));
    }

    /** The driver's end of a new connection, whose other end is {@code peer}. */
    ScriptedStream accept(ScriptedListener listener, Socket peer) throws IOException {
        peer.connect(listener.address());
        until("accepted", () -> listener.waiting() > 0);
        ScriptedStream stream = new ScriptedStream();
        return stream.on(driver.streams().adopt(listener.take(), stream));
    }

    void until(String what, BooleanSupplier condition) throws IoException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            driver.poll(POLL_NANOS);
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError("never: " + what);
            }
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
