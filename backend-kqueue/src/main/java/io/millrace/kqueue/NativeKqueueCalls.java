// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.ErrnoTable;
import io.millrace.posix.Libc;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.Platform;
import io.millrace.spi.Code;

/** {@link KqueueCalls} as a native library answers them: libc, or a kqueue on top of another. */
final class NativeKqueueCalls implements KqueueCalls {
    private final KqueueFunctions functions;
    private final KeventFunction withSixArguments;
    private final ErrnoTable errors = Platform.current().errors();

    private NativeKqueueCalls(KqueueFunctions functions, KeventFunction withSixArguments) {
        this.functions = functions;
        this.withSixArguments = withSixArguments;
    }

    /** Only after {@link Libc#unusableReason} returned null. */
    static NativeKqueueCalls of(String library) {
        return new NativeKqueueCalls(
                Libc.bind(KqueueFunctions.class, library),
                Libc.bindSixArguments(KeventFunction.class, KeventFunction.OnX86.class, library));
    }

    @Override
    public int kqueue() {
        return answer(functions.kqueue());
    }

    @Override
    public int kevent(
            int kqueue, long changes, int changeCount, long events, int eventCount, long timeout) {
        return answer(
                withSixArguments.kevent(kqueue, changes, changeCount, events, eventCount, timeout));
    }

    @Override
    public int close(int kqueue) {
        return LibcSystemCalls.instance().close(kqueue);
    }

    private int answer(int result) {
        if (result >= 0) {
            return result;
        }
        int code = errors.code(Libc.lastError());
        // libkqueue fails some calls without setting errno.
        return code == Code.OK ? Code.IO_ERROR : code;
    }
}
