// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.iouring.UringAbi.SetupFlag;
import io.millrace.posix.NativeMemory;
import io.millrace.spi.Code;

/**
 * Makes rings: as large as asked, or as large as RLIMIT_MEMLOCK still allows.
 *
 * <p>The kernel takes a closed ring's share off the limit only some milliseconds later, so a ring
 * refused for want of memory may be granted soon after; that is waited for once.
 */
final class RingSetup {
    /** Memory of closed rings was seen to come back within 6 to 40 ms. */
    static final long MEMORY_RETURN_NANOS = 50_000_000;

    private final RingCalls calls;
    private final int kernelThreadIdleMillis;
    private final NativeMemory parameters = NativeMemory.allocate(ParametersLayout.BYTES);

    RingSetup(RingCalls calls) {
        this(calls, 0);
    }

    /**
     * @param kernelThreadIdleMillis for rings with {@link SetupFlag#KERNEL_THREAD}
     */
    RingSetup(RingCalls calls, int kernelThreadIdleMillis) {
        this.calls = calls;
        this.kernelThreadIdleMillis = kernelThreadIdleMillis;
    }

    /**
     * Opens a ring of {@code wanted} sizes, or of halves of them until the kernel grants one.
     *
     * @throws IoException with {@link Code#NO_MEMORY} if even the smallest is refused
     */
    Ring open(Features features, RingSizes wanted) throws IoException {
        RingSizes sizes = wanted;
        int descriptor = setupPatiently(sizes, features.setupFlags());
        while (descriptor == Code.NO_MEMORY && sizes.canShrink()) {
            sizes = sizes.halved();
            descriptor = setup(sizes, features.setupFlags());
        }
        if (descriptor < 0) {
            throw IoException.of(descriptor, "io_uring_setup", null);
        }
        return wrap(features, descriptor);
    }

    /** As {@link #setup}, but asks again when closed rings may have given their memory back. */
    int setupPatiently(RingSizes sizes, int flags) {
        int descriptor = setup(sizes, flags);
        if (descriptor != Code.NO_MEMORY) {
            return descriptor;
        }
        calls.pause(MEMORY_RETURN_NANOS);
        return setup(sizes, flags);
    }

    /**
     * io_uring_setup(2) once: a descriptor, whose parameters {@link #parameters} tells, or a code.
     */
    int setup(RingSizes sizes, int flags) {
        parameters.zero(0, ParametersLayout.BYTES);
        parameters.putInt(ParametersLayout.FLAGS, flags);
        parameters.putInt(ParametersLayout.COMPLETION_ENTRIES, sizes.completions());
        parameters.putInt(ParametersLayout.THREAD_IDLE_MILLIS, kernelThreadIdleMillis);
        return parameters.keptFor(calls.setup(sizes.submissions(), parameters.address()));
    }

    /** As the kernel filled them in at the last {@link #setup}. */
    NativeMemory parameters() {
        return parameters;
    }

    /** Maps a ring that {@link #setup} answered; on failure its descriptor is closed. */
    Ring wrap(Features features, int descriptor) throws IoException {
        try {
            return new Ring(calls, features, descriptor, parameters);
        } catch (Throwable e) {
            calls.close(descriptor);
            throw e;
        }
    }
}
