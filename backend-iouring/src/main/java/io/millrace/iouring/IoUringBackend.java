// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.posix.DescriptorLimit;
import io.millrace.posix.KernelEntry;
import io.millrace.posix.Libc;
import io.millrace.posix.LibcSockets;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketDialect;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LateClasses;
import io.millrace.spi.Log;
import io.millrace.spi.LoopContext;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code io_uring} backend, preferred on Linux when its whole feature set proves itself on a
 * real ring. Any thread.
 */
public final class IoUringBackend implements BackendProvider {
    private static final Path PROC = Path.of("/proc");

    /** For more loops than this, a limit on locked memory is somebody's deliberate choice. */
    private static final int MOST_LOOPS_TRIED = 8;

    /** For the service loader. */
    public IoUringBackend() {}

    /** What the probe of this process found. */
    private record Answer(Availability availability, @Nullable Features features) {
        static Answer unusable(String reason) {
            return new Answer(Availability.unusable(reason), null);
        }

        static Answer incomplete(String reason) {
            return new Answer(Availability.incomplete(reason), null);
        }
    }

    /** Guarded by the class. Null until there is an answer that will not pass. */
    private static @Nullable Answer remembered;

    @Override
    public String name() {
        return "io_uring";
    }

    /** Above epoll: where everything it needs is there, it does the same with less. */
    @Override
    public int rank() {
        return 400;
    }

    @Override
    public Availability probe() {
        return answer().availability();
    }

    private static synchronized Answer answer() {
        Answer answer = remembered;
        if (answer == null) {
            try {
                answer = tryOut();
                remembered = answer;
            } catch (UnusableException e) {
                answer = Answer.unusable(String.valueOf(e.getMessage()));
                remembered = e.isPassing() ? null : answer;
            } catch (OutOfMemoryError passing) {
                answer = Answer.unusable("rings cannot be tried out: " + passing.getMessage());
            } catch (LinkageError e) {
                answer =
                        Answer.incomplete("rings cannot be tried out: " + Availability.reasonOf(e));
                remembered = answer;
            } catch (RuntimeException e) {
                answer = Answer.unusable("rings cannot be tried out: " + e);
                remembered = answer;
            }
        }
        return answer;
    }

    private static Answer tryOut() throws UnusableException {
        if (OperatingSystem.current() != OperatingSystem.LINUX) {
            throw new UnusableException("io_uring is an interface of Linux");
        }
        String libraryMissing = Libc.unusableReason();
        if (libraryMissing != null) {
            return Answer.incomplete(libraryMissing);
        }
        HostFacts facts = HostFacts.read(PROC);
        Probe probe =
                new Probe(LibcRingCalls.open(), LibcSystemCalls.instance(), facts, usualLoops());
        Features features = probe.run();
        String reason = "rings work on Linux " + facts.kernelRelease();
        return new Answer(Availability.usable(reason, describe(features, facts)), features);
    }

    /** One a processor, as far as that is worth trying; and a loop rarely comes alone. */
    private static int usualLoops() {
        return Math.max(2, Math.min(Runtime.getRuntime().availableProcessors(), MOST_LOOPS_TRIED));
    }

    private static Map<String, String> describe(Features features, HostFacts facts) {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("kernel", facts.kernelRelease());
        table.put("system calls", KernelEntry.describe());
        table.put("native library", Libc.libraryPlace());
        table.put("beyond the minimum", features.describe());
        table.put("locked memory", facts.memlock());
        table.put("kernel.io_uring_disabled", facts.disabled());
        return table;
    }

    /**
     * Opens a ring, smaller than asked for if RLIMIT_MEMLOCK leaves no more.
     *
     * @throws IllegalArgumentException if the configuration names sizes that no ring can have
     */
    @Override
    public Driver open(DriverConfig config, LoopContext context) throws IoException {
        return open(config, context, null);
    }

    /**
     * @param played what a test answers system calls of sockets with; null for the system's own
     */
    static Driver open(DriverConfig config, LoopContext context, @Nullable SystemCalls played)
            throws IoException {
        Features features = answer().features();
        if (features == null) {
            throw IoException.because(
                    Code.NOT_SUPPORTED, "open io_uring", answer().availability().reason());
        }
        LateClasses.loadAllBeside(Libc.class);
        Platform platform = Platform.current();
        SystemCalls systemCalls = played == null ? LibcSystemCalls.instance() : played;
        UringOptions options = UringOptions.of(config);
        try {
            UringResources resources =
                    UringResources.open(
                            LibcRingCalls.open(), systemCalls, features, options, context);
            tellOfShrinking(resources.ring(), options.sizes());
            return new UringDriver(
                    resources,
                    new LibcSockets(
                            systemCalls,
                            SocketDialect.of(platform, systemCalls),
                            platform,
                            DescriptorLimit.NONE),
                    platform.constants(),
                    context);
        } catch (IoException e) {
            String reason = SetupRefusal.explain(e.code(), HostFacts.read(PROC));
            throw IoException.because(e.code(), "open io_uring", reason);
        }
    }

    private static void tellOfShrinking(Ring ring, RingSizes wanted) {
        int submissions = ring.submissions().capacity();
        int completions = ring.completions().capacity();
        if (submissions < wanted.submissions() || completions < wanted.completions()) {
            Log.CORE.report(
                    System.Logger.Level.INFO,
                    () ->
                            "RLIMIT_MEMLOCK left room for an io_uring ring of "
                                    + submissions
                                    + " submissions and "
                                    + completions
                                    + " completions instead of "
                                    + wanted.submissions()
                                    + " and "
                                    + wanted.completions(),
                    null);
        }
    }
}
