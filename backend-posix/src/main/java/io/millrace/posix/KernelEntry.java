// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import com.kenai.jffi.NativeMethod;
import com.kenai.jffi.NativeMethods;
import io.millrace.spi.Settings;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * System calls without libc in between, on Linux for x86-64.
 *
 * <p>What a server itself spends its time on is, for the most part, two system calls a message.
 * libc makes each of them a place where pthread_cancel(3) may take effect, which nothing in a Java
 * process uses, and moves a failure to errno, which jffi then fetches and stores after every call,
 * failed or not. Here the kernel's answer arrives as it is: an echo of small messages takes 1 to
 * 2.5 % less CPU time. All six arguments arrive, too, as they do not through jnr-ffi's own stubs
 * (see {@link Libc#bindSixArguments}).
 *
 * <p>It is a page of memory with some instructions in it ({@link EntryCode}), bound to the native
 * methods here in the way in which jnr-ffi binds its stubs. Nothing that could watch libc from
 * inside the process is circumvented by that: jnr-ffi takes functions from libc itself, so a
 * preloaded library never saw these calls.
 *
 * <p>Where it cannot be had, {@link #unusableReason} says why, and calls go through libc. {@code
 * -Dmillrace.syscalls=libc} sends them there in any case. Any thread may call any method.
 */
public final class KernelEntry {
    /** {@code direct}, as without it, or {@code libc}. Read once a process. */
    static final String PROPERTY = Settings.SYSCALLS.property();

    private static final int PAGE = 4096;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;

    /** Of x86-64, as all numbers that this class is called with: syscall_64.tbl in the kernel. */
    private static final int GETPID = 39;

    /** How the page is come by; tests refuse it. */
    interface Pages {
        /** Readable and writable memory, or a negative code. */
        long map(int length);

        /** Makes it readable and executable, and not writable any more; 0 or a negative code. */
        int seal(long address, int length);

        void unmap(long address, int length);

        /** Makes the code there the native methods of this class. */
        default void register(long address) {
            NativeMethods.register(
                    KernelEntry.class,
                    List.of(
                            new NativeMethod(address + EntryCode.CALL, "call", "(JJJJJJJ)J"),
                            new NativeMethod(
                                    address + EntryCode.CALL_EACH, "callEach", "(JJJJ)J")));
        }
    }

    private static final class Binding {
        static final @Nullable String REASON =
                bind(
                        OperatingSystem.current(),
                        Processor.current(),
                        System.getProperty(PROPERTY, ""),
                        new LibcPages());
    }

    private KernelEntry() {}

    /**
     * Why calls have to go through libc in this process; null if {@link #call} works. Only after
     * {@link Libc#unusableReason} returned null.
     */
    public static @Nullable String unusableReason() {
        return Binding.REASON;
    }

    /** How calls reach the kernel in this process, and if not directly, why. */
    public static String describe() {
        String reason = unusableReason();
        return reason == null ? "direct" : "through libc: " + reason;
    }

    /**
     * Enters the kernel, and answers what it answers: a result, or errno negated, which is a {@link
     * io.millrace.spi.Code}. Repeats nothing.
     *
     * @param number of the call on x86-64
     */
    public static native long call(long number, long a, long b, long c, long d, long e, long f);

    /**
     * Enters the kernel once for each entry of a table, in their order, with the entry's arguments
     * and zeros behind them; an entry's answer is what {@link #call} would have answered. Ends
     * early when the answers that are not negative sum up to enough.
     *
     * <p>A call from Java costs more than the instructions of getting there and back, presumably
     * because the kernel has driven them and the thread's state out of the caches. Here that is
     * paid once for all, and the kernel's own code stays.
     *
     * @param calls at least one
     * @return how many calls were made
     */
    static int callEach(long number, CallTable calls, long enough) {
        assert calls.count() > 0;
        try {
            return (int) callEach(number, calls.address(), calls.count(), enough);
        } finally {
            Reference.reachabilityFence(calls);
        }
    }

    private static native long callEach(long number, long table, long count, long enough);

    static @Nullable String bind(
            OperatingSystem system, Processor processor, String wish, Pages pages) {
        if (wish.equals("libc")) {
            return PROPERTY + " asks for it";
        }
        if (!wish.isEmpty() && !wish.equals("direct")) {
            return PROPERTY + " is neither direct nor libc: " + wish;
        }
        if (system != OperatingSystem.LINUX || processor != Processor.X86_64) {
            return "only Linux on x86-64 can be entered directly";
        }
        try {
            return bindOn(pages);
        } catch (Throwable failure) {
            // Whatever it is, a virtual machine that shuts native methods off or one without
            // memory: libc is the way that is always there.
            return "it cannot be bound: " + failure;
        }
    }

    private static @Nullable String bindOn(Pages pages) {
        long page = pages.map(PAGE);
        if (page < 0) {
            return "no memory for it, error " + -page;
        }
        EntryCode.writeTo(NativeMemory.at(page, PAGE));
        int sealed = pages.seal(page, PAGE);
        if (sealed < 0) {
            pages.unmap(page, PAGE);
            return "its memory may not be made executable, error " + -sealed;
        }
        pages.register(page);
        long process = call(GETPID, 0, 0, 0, 0, 0, 0);
        return process == ProcessHandle.current().pid() ? null : "a trial call answered " + process;
    }

    private static final class LibcPages implements Pages {
        @Override
        public long map(int length) {
            long address =
                    SixArguments.functions()
                            .mmap(
                                    0,
                                    length,
                                    PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS,
                                    -1,
                                    0);
            return address == -1 ? -Libc.lastError() : address;
        }

        /** The Linux kernel may be told by a policy such as SELinux's to refuse this. */
        @Override
        public int seal(long address, int length) {
            int result = Libc.functions().mprotect(address, length, PROT_READ | PROT_EXEC);
            return result < 0 ? -Libc.lastError() : result;
        }

        @Override
        public void unmap(long address, int length) {
            Libc.functions().munmap(address, length);
        }
    }
}
