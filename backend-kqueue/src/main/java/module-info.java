// SPDX-License-Identifier: Apache-2.0

/**
 * The backend on kqueue. The package is exported for the classes that jnr-ffi generates at run
 * time, which live in an unnamed module.
 *
 * @since 0.1.0
 */
module io.millrace.kqueue {
    requires transitive io.millrace.core;
    requires transitive io.millrace.posix;
    requires static org.jspecify;

    exports io.millrace.kqueue;

    provides io.millrace.spi.BackendProvider with
            io.millrace.kqueue.KqueueBackend;
}
