// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.posix.KernelEntry;
import io.millrace.posix.Libc;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.Platform;
import io.millrace.posix.SixArgumentFunctions;
import io.millrace.posix.SixArguments;
import java.util.concurrent.locks.LockSupport;

/**
 * {@link RingCalls} as the kernel answers them. C libraries have no functions for rings, so they
 * are called by number through syscall(2); new calls have one number on all processors.
 *
 * <p>One instance a ring, because it remembers that ring's {@link TimedEntries}.
 */
class LibcRingCalls implements RingCalls {
    static final int SETUP = 425;
    static final int ENTER = 426;
    static final int REGISTER = 427;

    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;

    /** Present before the first use, so that no turn of the loop pays for page faults. */
    private static final int MAP_POPULATE = 0x8000;

    private final SixArgumentFunctions functions = SixArguments.functions();
    private final TimedEntries timedEntries = new TimedEntries();

    /** For one ring. Only after {@link Libc#unusableReason} returned null. */
    static LibcRingCalls open() {
        return KernelEntry.unusableReason() == null ? new DirectRingCalls() : new LibcRingCalls();
    }

    @Override
    public int setup(int entries, long parameters) {
        return (int) answer(functions.syscall(SETUP, entries, parameters, 0, 0, 0));
    }

    /**
     * The kernel ignores the size of an argument that is not there, so six arguments are enough.
     */
    @Override
    public int enter(int ring, int submissions, int completions, int flags) {
        return (int) answer(functions.syscall(ENTER, ring, submissions, completions, flags, 0));
    }

    @Override
    public int enter(int ring, int submissions, int completions, int flags, long argument) {
        return (int)
                answer(timedEntries.get(ring, submissions, completions, flags, argument).call());
    }

    @Override
    public int register(int ring, int code, long argument, int count) {
        return (int) answer(functions.syscall(REGISTER, ring, code, argument, count, 0));
    }

    @Override
    public long mapRing(int ring, long offset, long length) {
        return map(length, MAP_SHARED | MAP_POPULATE, ring, offset);
    }

    @Override
    public long mapPages(long length) {
        return map(length, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }

    private long map(long length, int flags, int descriptor, long offset) {
        return answer(functions.mmap(0, length, PROT_READ_WRITE, flags, descriptor, offset));
    }

    @Override
    public int unmap(long address, long length) {
        return (int) answer(Libc.functions().munmap(address, length));
    }

    @Override
    public int close(int descriptor) {
        return LibcSystemCalls.instance().close(descriptor);
    }

    @Override
    public void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    private static long answer(long result) {
        return result == -1 ? Platform.current().errors().code(Libc.lastError()) : result;
    }
}
