// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;

/**
 * A descriptor that becomes readable when some thread wants the loop's attention.
 *
 * <p>{@link #signal} may race with {@link #close}: it then does nothing, and never writes to a
 * number that has become somebody else's.
 */
public interface WakeupDescriptor extends AutoCloseable {
    /** Opens the best there is on this system for a level-triggered poller. */
    static WakeupDescriptor open(SystemCalls calls, Platform platform) throws IoException {
        return platform.system() == OperatingSystem.LINUX
                ? EventfdWakeup.open(calls, platform.constants())
                : PipeWakeup.open(calls, SocketDialect.of(platform, calls));
    }

    /** What the poller watches for readability. */
    int descriptor();

    /**
     * Makes {@link #descriptor} readable and raises a new edge, even if it is readable already. Any
     * thread; never waits.
     */
    void signal();

    /** Makes it unreadable again. Loop thread; level-triggered pollers need it, others do not. */
    void drain();

    @Override
    void close();
}
