// SPDX-License-Identifier: Apache-2.0

/**
 * The backend on io_uring. The package is exported for the classes that jnr-ffi generates at run
 * time, which live in an unnamed module.
 *
 * @since 0.1.0
 */
module io.millrace.iouring {
    requires transitive io.millrace.core;
    requires transitive io.millrace.posix;
    requires static org.jspecify;

    exports io.millrace.iouring;

    provides io.millrace.spi.BackendProvider with
            io.millrace.iouring.IoUringBackend;
}
