// SPDX-License-Identifier: Apache-2.0

/**
 * The event loop, its handles, and the boundary that every backend implements.
 *
 * @since 0.1.0
 */
module io.millrace.core {
    requires static java.logging;
    requires static jdk.jfr;
    requires static jdk.management;
    requires jdk.unsupported;
    requires org.jctools.core;
    requires static transitive org.jspecify;

    exports io.millrace;
    exports io.millrace.file;
    exports io.millrace.net;
    exports io.millrace.process;
    exports io.millrace.spi;
    exports io.millrace.spi.client;
    exports io.millrace.spi.layer;
    exports io.millrace.spi.reactor;

    uses io.millrace.spi.BackendProvider;
}
