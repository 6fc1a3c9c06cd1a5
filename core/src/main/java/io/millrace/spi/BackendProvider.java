// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.util.List;

/**
 * A backend: a named kernel interface, whether it can run here, and how to open it. Found with
 * {@link java.util.ServiceLoader}; thread-safe; making one must be cheap and load nothing native.
 */
public interface BackendProvider {
    /** The name used in {@code millrace.backend}: {@code nio}, {@code epoll}, {@code io_uring} … */
    String name();

    /**
     * Place in the automatic choice: the usable backend with the highest rank is taken. A negative
     * rank is never chosen automatically, only by name.
     */
    int rank();

    /**
     * Tries the real thing once and remembers the answer. Never throws: whatever goes wrong, down
     * to an {@code Error} of a native library, is a reason. May load native code, so it is called
     * only for backends that come into question.
     */
    Availability probe();

    /**
     * The settings of its own that its loops take, in {@link DriverConfig#properties}; their names
     * begin with the backend's. Those of Millrace's own backends are in {@link Settings}. What is
     * declared nowhere is refused, so an engine need not look for what it does not know.
     */
    default List<Setting> settings() {
        return List.of();
    }

    /** Opens a driver for one loop. */
    Driver open(DriverConfig config, LoopContext context) throws IoException;
}
