// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.client;

import io.millrace.BackendInfo;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.internal.backend.BackendChoice;
import io.millrace.spi.Driver;
import io.millrace.spi.LoopContext;
import java.util.Objects;

/**
 * A driver, and which backend it is of. The driver belongs to who opened it, and is to be closed by
 * the thread that polls it.
 *
 * @param driver what was opened
 * @param backend its backend, and why it was chosen
 */
public record OpenedDriver(Driver driver, BackendInfo backend) {
    /**
     * Opens a driver as {@link io.millrace.EventLoop#open(LoopOptions)} does for its loop: the same
     * names decide, in options, {@code millrace.backend} and {@code MILLRACE_BACKEND}, the same
     * settings are refused, what is passed over is told in the same way. Of the options those count
     * that concern the driver: backend, provider, chunks, properties. Any thread.
     *
     * @param context what the driver tells its client while it polls; on the polling thread
     * @throws IoException if no backend can be had; the message has the reason for each
     */
    public static OpenedDriver open(LoopOptions options, LoopContext context) throws IoException {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(context, "context");
        BackendChoice.Opened opened = BackendChoice.open(options, context);
        return new OpenedDriver(opened.driver(), opened.info());
    }
}
