// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Spawner;
import java.lang.ref.Reference;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jnr.constants.platform.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Children by posix_spawn(3), which on Linux neither copies this process's page tables nor runs
 * code of ours between fork and exec. Any thread.
 */
final class LibcSpawner implements Spawner {
    private static final SpawnFunctions LIBC = Libc.bind(SpawnFunctions.class);

    /** More than any C library's posix_spawn_file_actions_t or posix_spawnattr_t. */
    private static final int OPAQUE_BYTES = 1024;

    private static final int SIGNAL_SET_BYTES = 128;
    private static final int SIGINFO_BYTES = 128;
    private static final short SET_SIGNAL_DEFAULTS = 0x04;
    private static final short SET_SIGNAL_MASK = 0x08;
    private static final short SET_SESSION = 0x80;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FIRST_BEYOND_ENDS = 3;
    private static final int NO_HANG = 1;
    private static final int P_PID = 1;
    private static final int EXITED = 4;
    private static final int NO_WAIT = 0x0100_0000;
    private static final int PIDFD_OPEN = 434;

    /** More than any C library's struct sigaction, which begins with the handler. */
    private static final int ACTION_BYTES = 256;

    private static final long BY_DEFAULT = 0;
    private static final long IGNORED = 1;

    private final SystemCalls calls;
    private final Platform platform;
    private final SpawnFunctions.Six six;

    LibcSpawner(SystemCalls calls, Platform platform) {
        this(
                calls,
                platform,
                Libc.bindSixArguments(SpawnFunctions.Six.class, SpawnFunctions.SixOnX86.class));
    }

    LibcSpawner(SystemCalls calls, Platform platform, SpawnFunctions.Six six) {
        this.calls = calls;
        this.platform = platform;
        this.six = six;
    }

    /** Why children cannot be started so here; null if they can. */
    static @Nullable String unusableReason(Platform platform) {
        if (platform.system() != OperatingSystem.LINUX) {
            return "children are started on Linux only so far";
        }
        return Libc.functionAddress("posix_spawn_file_actions_addclosefrom_np") == 0
                ? "the C library cannot keep descriptors from children; glibc 2.34 can"
                : null;
    }

    @Override
    public int spawn(Plan plan) throws IoException {
        String operation = "spawn " + plan.command().get(0);
        keepStatuses();
        NativeMemory actions = NativeMemory.allocate(OPAQUE_BYTES);
        NativeMemory attributes = NativeMemory.allocate(OPAQUE_BYTES);
        int[] moved = {-1, -1, -1};
        check(LIBC.posix_spawn_file_actions_init(actions.address()), operation);
        check(LIBC.posix_spawnattr_init(attributes.address()), operation);
        try {
            NativeMemory directory = describe(plan, actions, attributes, moved, operation);
            try {
                return spawn(plan, actions, attributes, operation);
            } finally {
                Reference.reachabilityFence(directory);
            }
        } finally {
            for (int each : moved) {
                if (each >= 0) {
                    calls.close(each);
                }
            }
            LIBC.posix_spawnattr_destroy(attributes.address());
            LIBC.posix_spawn_file_actions_destroy(actions.address());
            Reference.reachabilityFence(actions);
            Reference.reachabilityFence(attributes);
        }
    }

    /**
     * While a process ignores SIGCHLD, perhaps because it was started so, the kernel throws the
     * status of its children away and gives their numbers to others at once. The JDK undoes that
     * before its first child; somebody may ignore it again, so here it is before each.
     */
    private static void keepStatuses() {
        int signal = Signal.SIGCHLD.intValue();
        NativeMemory action = NativeMemory.allocate(ACTION_BYTES);
        if (action.keptFor(LIBC.sigaction(signal, 0, action.address())) == 0
                && action.getLong(0) == IGNORED) {
            long before = LIBC.signal(signal, BY_DEFAULT);
            if (before != IGNORED) {
                // Somebody has begun to handle it between the two calls.
                LIBC.signal(signal, before);
            }
        }
    }

    /** Ends may be each other's numbers, so all are moved out of the way first. */
    private @Nullable NativeMemory describe(
            Plan plan, NativeMemory actions, NativeMemory attributes, int[] moved, String operation)
            throws IoException {
        SystemFunctions functions = LibcSystem.Functions.ONLY;
        int[] ends = {plan.input(), plan.output(), plan.errors()};
        for (int i = 0; i < moved.length; i++) {
            int copy = functions.fcntl(ends[i], F_DUPFD_CLOEXEC, FIRST_BEYOND_ENDS);
            if (copy < 0) {
                int code = platform.errors().code(Libc.lastError());
                throw IoException.because(
                        code, operation, "descriptor " + ends[i] + ", which is to be its end " + i);
            }
            moved[i] = copy;
        }
        for (int i = 0; i < moved.length; i++) {
            check(LIBC.posix_spawn_file_actions_adddup2(actions.address(), moved[i], i), operation);
        }
        check(
                LIBC.posix_spawn_file_actions_addclosefrom_np(actions.address(), FIRST_BEYOND_ENDS),
                operation);
        NativeMemory none = NativeMemory.allocate(SIGNAL_SET_BYTES);
        check(
                none.keptFor(LIBC.posix_spawnattr_setsigmask(attributes.address(), none.address())),
                operation);
        NativeMemory all = NativeMemory.allocate(SIGNAL_SET_BYTES);
        for (int i = 0; i < SIGNAL_SET_BYTES; i += Long.BYTES) {
            all.putLong(i, -1);
        }
        check(
                all.keptFor(
                        LIBC.posix_spawnattr_setsigdefault(attributes.address(), all.address())),
                operation);
        int flags = SET_SIGNAL_MASK | SET_SIGNAL_DEFAULTS | (plan.detached() ? SET_SESSION : 0);
        check(LIBC.posix_spawnattr_setflags(attributes.address(), (short) flags), operation);
        Path directory = plan.directory();
        if (directory == null) {
            return null;
        }
        NativeMemory path = FileNames.zeroTerminated(directory);
        check(
                LIBC.posix_spawn_file_actions_addchdir_np(actions.address(), path.address()),
                operation);
        return path;
    }

    private int spawn(Plan plan, NativeMemory actions, NativeMemory attributes, String operation)
            throws IoException {
        Strings arguments = new Strings(plan.command());
        List<String> given = plan.environment();
        Strings environment = given == null ? null : new Strings(given);
        NativeMemory pid = NativeMemory.allocate(Integer.BYTES);
        try {
            int error =
                    six.posix_spawnp(
                            pid.address(),
                            arguments.first(),
                            actions.address(),
                            attributes.address(),
                            arguments.table.address(),
                            environment == null ? ownEnvironment() : environment.table.address());
            check(error, operation);
            return pid.getInt(0);
        } finally {
            Reference.reachabilityFence(arguments);
            Reference.reachabilityFence(environment);
        }
    }

    /** As it is, whatever the locale makes of it. */
    private static long ownEnvironment() {
        long variable = Libc.functionAddress("environ");
        return NativeMemory.at(variable, Long.BYTES).getLong(0);
    }

    private void check(int error, String operation) throws IoException {
        if (error != 0) {
            throw IoException.of(platform.errors().code(error), operation, null);
        }
    }

    @Override
    public int open(Path path, char mode) throws IoException {
        SocketConstants names = platform.constants();
        int flags =
                switch (mode) {
                    case 'r' -> 0;
                    case 'w' -> names.openWriteOnly | names.openCreate | names.openTruncate;
                    default -> names.openWriteOnly | names.openCreate | names.openAppend;
                };
        NativeMemory name = FileNames.zeroTerminated(path);
        int result =
                name.keptFor(
                        LibcSystem.Functions.ONLY.open(
                                name.address(), flags | names.openCloexec, 0666));
        if (result < 0) {
            int code = platform.errors().code(Libc.lastError());
            throw IoException.of(code, "open " + path, null);
        }
        return result;
    }

    @Override
    public int endDescriptor(int pid) {
        long result = LIBC.syscall(PIDFD_OPEN, pid, 0);
        return result >= 0 ? (int) result : platform.errors().code(Libc.lastError());
    }

    @Override
    public void awaitEnd(int pid) {
        NativeMemory information = NativeMemory.allocate(SIGINFO_BYTES);
        int result;
        do {
            result =
                    information.keptFor(
                            LIBC.waitid(P_PID, pid, information.address(), EXITED | NO_WAIT));
        } while (result < 0 && platform.errors().code(Libc.lastError()) == Code.INTERRUPTED);
    }

    @Override
    public long reap(int pid) throws IoException {
        NativeMemory status = NativeMemory.allocate(Integer.BYTES);
        int result;
        int code = Code.OK;
        do {
            result = status.keptFor(LIBC.waitpid(pid, status.address(), NO_HANG));
            code = result < 0 ? platform.errors().code(Libc.lastError()) : Code.OK;
        } while (code == Code.INTERRUPTED);
        if (code != Code.OK) {
            throw IoException.because(
                    code, "wait for process " + pid, "somebody else has taken its status");
        }
        if (result == 0) {
            return RUNS;
        }
        int told = status.getInt(0);
        int signal = told & 0x7f;
        return signal == 0 ? told >> 8 & 0xff : 256 + signal;
    }

    @Override
    public int kill(int pid, int signal) {
        return LIBC.kill(pid, signal) == 0 ? Code.OK : platform.errors().code(Libc.lastError());
    }

    @Override
    public int numberOf(String signal) {
        try {
            return Signal.valueOf("SIG" + signal).intValue();
        } catch (IllegalArgumentException unknown) {
            return 0;
        }
    }

    @Override
    public String nameOf(int signal) {
        for (Signal each : Signal.values()) {
            if (each.defined() && each.intValue() == signal) {
                return each.name().substring(3);
            }
        }
        return String.valueOf(signal);
    }

    /** Strings with zeros at their ends, and a table of their addresses, which a zero ends. */
    private static final class Strings {
        /** In which the virtual machine has read its arguments. */
        private static final Charset CHARSET = charset();

        final NativeMemory table;
        private final NativeMemory texts;

        Strings(List<String> all) {
            byte[][] encoded = new byte[all.size()][];
            int bytes = 0;
            for (int i = 0; i < encoded.length; i++) {
                encoded[i] = all.get(i).getBytes(CHARSET);
                bytes = Math.addExact(bytes, encoded[i].length + 1);
            }
            texts = NativeMemory.allocate(Math.max(1, bytes));
            table = NativeMemory.allocate((encoded.length + 1) * Long.BYTES);
            int place = 0;
            for (int i = 0; i < encoded.length; i++) {
                texts.putBytes(place, encoded[i]);
                table.putLong(i * Long.BYTES, texts.address(place));
                place += encoded[i].length + 1;
            }
        }

        long first() {
            return texts.address();
        }

        private static Charset charset() {
            String name = System.getProperty("sun.jnu.encoding");
            return name != null && Charset.isSupported(name)
                    ? Charset.forName(name)
                    : StandardCharsets.UTF_8;
        }
    }
}
