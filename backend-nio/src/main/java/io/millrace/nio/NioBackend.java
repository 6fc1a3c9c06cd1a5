// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.IoException;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.ChunkPool;
import io.millrace.spi.reactor.ReactorDriver;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code nio} backend: runs wherever the JDK does, so it is the last resort of every choice.
 */
public final class NioBackend implements BackendProvider {
    @Override
    public String name() {
        return "nio";
    }

    /** Below every native backend: what they cannot do, this one can, only slower. */
    @Override
    public int rank() {
        return 10;
    }

    @Override
    public Availability probe() {
        return Probe.RESULT;
    }

    @Override
    public Driver open(DriverConfig config, LoopContext context) throws IoException {
        ChunkPool chunks = new ChunkPool(config, memory -> 0, context);
        NioPoller poller = NioPoller.open(context);
        try {
            return new ReactorDriver(poller, new NioSockets(poller.lossProbe()), chunks, context);
        } catch (Throwable failure) {
            poller.close();
            throw failure;
        }
    }

    /** The answer to {@link #probe}, found when first asked for. */
    private static final class Probe {
        static final Availability RESULT = probe();

        private static Availability probe() {
            try (Selector selector = Selector.open()) {
                Map<String, String> facts = new LinkedHashMap<>();
                facts.put("selector", selector.getClass().getName());
                facts.put("provider", SelectorProvider.provider().getClass().getName());
                facts.put("java", Runtime.version().toString());
                facts.put("balanced reuse-port", String.valueOf(NioSockets.BALANCED_REUSE_PORT));
                return Availability.usable("java.nio, part of every JDK", facts);
            } catch (LinkageError e) {
                return Availability.incomplete(
                        "no selector can be opened: " + Availability.reasonOf(e));
            } catch (IOException | RuntimeException e) {
                return Availability.unusable("no selector can be opened: " + e);
            }
        }
    }
}
