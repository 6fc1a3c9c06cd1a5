// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.ChunkPool;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.ReactorDriver;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A backend with libc's sockets: all it adds is a poller.
 *
 * <p>The probe opens a real poller, wakes it, and waits for the wake-up, once per process and
 * backend. Nothing native is touched before it. Any thread.
 */
public abstract class DescriptorBackend implements BackendProvider {
    private static final Map<String, Availability> ANSWERS = new ConcurrentHashMap<>();

    /** Long enough for any machine; a wake-up that works ends it at once. */
    private static final long PROBE_TIMEOUT_NANOS = 2_000_000_000;

    protected DescriptorBackend() {}

    /** Why this engine has no place on the running system; null if it has. Loads nothing native. */
    protected @Nullable String foreignSystem() {
        return SocketDialect.isKnown(OperatingSystem.current())
                ? null
                : "the sockets of " + System.getProperty("os.name") + " are not supported natively";
    }

    /** The kernel's system calls; a test's double answers its own. */
    protected SystemCalls systemCalls() {
        return LibcSystemCalls.instance();
    }

    /** A poller for one loop. It owns everything it opens, and leaves nothing open if it fails. */
    protected abstract Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
            throws IoException;

    /** What descriptors the engine can watch. */
    protected DescriptorLimit descriptorLimit() {
        return DescriptorLimit.NONE;
    }

    /** How sockets are made and used on this system. */
    protected SocketDialect dialect(SystemCalls calls, Platform platform) {
        return SocketDialect.of(platform, calls);
    }

    /** Adds what is worth knowing about a usable engine. */
    protected void describe(Map<String, String> facts) {}

    @Override
    public final Availability probe() {
        Availability known = ANSWERS.get(name());
        return known != null ? known : tryToRun();
    }

    private Availability tryToRun() {
        String reason = foreignSystem();
        if (reason != null) {
            return remember(Availability.unusable(reason));
        }
        String libraryMissing = Libc.unusableReason();
        if (libraryMissing != null) {
            return remember(Availability.incomplete(libraryMissing));
        }
        try {
            waitForWakeup();
            return remember(Availability.usable("works on " + system(), facts()));
        } catch (IoException | OutOfMemoryError failure) {
            // Not remembered: the process may be out of descriptors or memory for a moment only.
            return Availability.unusable("a trial run failed: " + failure.getMessage());
        } catch (LinkageError missing) {
            return remember(
                    Availability.incomplete(
                            "a trial run failed: " + Availability.reasonOf(missing)));
        } catch (RuntimeException broken) {
            return remember(Availability.unusable("a trial run failed: " + broken));
        }
    }

    private Availability remember(Availability answer) {
        ANSWERS.put(name(), answer);
        return answer;
    }

    private void waitForWakeup() throws IoException {
        try (Poller poller =
                openPoller(systemCalls(), Platform.current(), new UncountedContext())) {
            poller.wakeup();
            int events = poller.select(PROBE_TIMEOUT_NANOS, (pollable, mask) -> {});
            if (events == 0) {
                throw IoException.because(
                        Code.NOT_SUPPORTED, "open " + name(), "a wake-up did not end the wait");
            }
        }
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("system", system());
        facts.put("system calls", KernelEntry.describe());
        facts.put("native library", Libc.libraryPlace());
        facts.put("descriptors", OpenFiles.limit(systemCalls(), Platform.current()));
        describe(facts);
        return facts;
    }

    private static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    @Override
    public final Driver open(DriverConfig config, LoopContext context) throws IoException {
        Availability availability = probe();
        if (!availability.usable()) {
            throw IoException.because(Code.NOT_SUPPORTED, "open " + name(), availability.reason());
        }
        return open(systemCalls(), Platform.current(), config, context);
    }

    /** Opens on system calls of one's own, without a probe: for tests that play the kernel. */
    public final Driver open(
            SystemCalls calls, Platform platform, DriverConfig config, LoopContext context)
            throws IoException {
        LibcSockets sockets =
                new LibcSockets(calls, dialect(calls, platform), platform, descriptorLimit());
        ChunkPool chunks = new ChunkPool(config, Libc::addressOf, context);
        Poller poller = openPoller(calls, platform, context);
        try {
            return new ReactorDriver(poller, sockets, chunks, context);
        } catch (Throwable failure) {
            poller.close();
            throw failure;
        }
    }
}
