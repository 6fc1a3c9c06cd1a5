// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import java.util.Arrays;

/**
 * A C function with seven word-sized arguments, prepared once and called often without allocating.
 *
 * <p>jnr-ffi allocates an argument buffer per call beyond six arguments. This keeps one, so its
 * arguments are fixed: who needs other ones prepares another call. Costs about 100 ns more than a
 * call of six. Made for {@code syscall(io_uring_enter, …)} with a timeout.
 *
 * <p>jffi can also be given the addresses of arguments that change, but then it does not save
 * errno, and whatever the virtual machine does before the next call may overwrite it.
 *
 * <p>Any thread may call.
 */
public final class SevenArgumentCall {
    private static final int ARGUMENTS = 7;

    private static final class Context {
        static final CallContext SAVING_ERRNO;

        static {
            Type[] types = new Type[ARGUMENTS];
            Arrays.fill(types, Type.SINT64);
            SAVING_ERRNO =
                    CallContext.getCallContext(Type.SINT64, types, CallingConvention.DEFAULT, true);
        }
    }

    private final Invoker invoker = Invoker.getInstance();
    private final long function;
    private final HeapInvocationBuffer arguments;

    private SevenArgumentCall(long function, long... values) {
        this.function = function;
        arguments = new HeapInvocationBuffer(Context.SAVING_ERRNO);
        for (long value : values) {
            arguments.putLong(value);
        }
    }

    /**
     * Prepares a call of the named C library function.
     *
     * @throws UnsatisfiedLinkError if libc has no such function
     */
    public static SevenArgumentCall of(
            String name, long a, long b, long c, long d, long e, long f, long g) {
        long function = Libc.functionAddress(name);
        if (function == 0) {
            throw new UnsatisfiedLinkError("libc has no function " + name);
        }
        return new SevenArgumentCall(function, a, b, c, d, e, f, g);
    }

    /** Calls, and answers what the function returned; errno is kept for {@link Libc#lastError}. */
    public long call() {
        return invoker.invokeLong(Context.SAVING_ERRNO, function, arguments);
    }
}
