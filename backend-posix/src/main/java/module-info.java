// SPDX-License-Identifier: Apache-2.0

/**
 * The backends on poll and select, and what native backends share.
 *
 * <p>The package is exported to everybody, because the classes that jnr-ffi generates for it at run
 * time live in an unnamed module. jnr-ffi's own jars are automatic modules, which require nothing
 * by name; what they need is required here.
 *
 * @since 0.1.0
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.millrace.posix {
    requires transitive io.millrace.core;
    requires transitive org.jnrproject.ffi;
    requires org.jnrproject.constants;
    requires org.jnrproject.enxio;
    requires transitive org.jnrproject.jffi;
    requires jdk.unsupported;
    requires org.objectweb.asm;
    requires org.objectweb.asm.commons;
    requires org.objectweb.asm.tree;
    requires org.objectweb.asm.tree.analysis;
    requires org.objectweb.asm.util;
    requires static org.jspecify;

    exports io.millrace.posix;

    provides io.millrace.spi.BackendProvider with
            io.millrace.posix.PollBackend,
            io.millrace.posix.SelectBackend;
}
