// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.ListenSpec;
import io.millrace.testkit.referee.Referee;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import io.millrace.testkit.sim.SimBackend.Boundary;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The smallest program: one connection, bytes one way, with whatever the world throws at it. */
final class SimTransfer {
    private static final int TOTAL = 20_000;

    private final SimWorld world;
    private final Driver driver;
    private final Referee referee = new Referee();
    private final ScriptedContext context;
    private final ScriptedListener listener = new ScriptedListener();
    private final ScriptedStream client = new ScriptedStream();
    private final ScriptedStream server = new ScriptedStream();

    private SimTransfer(SimWorld world, Boundary boundary) throws IoException {
        this.world = world;
        context = new ScriptedContext(world::nanoTime);
        DriverConfig config = new DriverConfig(4, 512, Map.of());
        driver = referee.watch(new SimBackend(world, boundary)).open(config, context);
    }

    /** Answers the trace of what happened. */
    static long run(SimWorld world, Boundary boundary) throws IoException {
        SimTransfer transfer = new SimTransfer(world, boundary);
        transfer.connect();
        transfer.send();
        transfer.close();
        return world.trace();
    }

    private void connect() throws IoException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        listener.on(driver.streams().listen(new ListenSpec(any, 8, true, false, 0), listener));
        listener.port().startAccept();
        client.on(driver.streams().stream(StandardProtocolFamily.INET, client));
        listener.reaction(
                line -> {
                    if (line.startsWith("stopped") && !line.endsWith("ECANCELED")) {
                        listener.port().startAccept();
                    }
                });
        client.port().connect(listener.address());
        pollUntil(() -> listener.waiting() == 1 && client.heard("connected 0"));
        server.on(driver.streams().adopt(listener.take(), server));
    }

    private void send() throws IoException {
        byte[] bytes = new byte[TOTAL];
        for (int i = 0; i < TOTAL; i++) {
            bytes[i] = (byte) (i * 7);
        }
        server.reaction(
                line -> {
                    if (line.equals("stopped " + Code.name(Code.NO_CHUNKS))) {
                        server.port().startReceive();
                    }
                });
        server.port().startReceive();
        client.offers(bytes);
        while (client.unsent() > 0) {
            client.send();
            pollUntil(() -> !client.isSending());
        }
        client.port().shutdownOutput();
        pollUntil(() -> server.heard("stopped 0"));
        if (!Arrays.equals(bytes, server.received())) {
            throw new AssertionError("bytes differ");
        }
    }

    private void close() throws IoException {
        server.port().close();
        client.port().close();
        listener.port().close();
        pollUntil(
                () -> server.heard("closed") && client.heard("closed") && listener.heard("closed"));
        driver.close();
        referee.assertSettled();
        if (world.openSockets() != 0) {
            throw new AssertionError(world.openSockets() + " sockets are open");
        }
    }

    private void pollUntil(BooleanSupplier condition) throws IoException {
        while (!condition.getAsBoolean()) {
            driver.poll(1_000_000_000);
        }
    }
}
