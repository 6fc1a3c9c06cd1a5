// SPDX-License-Identifier: Apache-2.0

/**
 * The contract suite that every backend runs, simulated kernels to run a loop on, and load to put
 * it under.
 *
 * @since 0.1.0
 */
module io.millrace.testkit {
    requires transitive io.millrace.core;
    requires java.logging;
    requires java.management;
    requires jdk.management;
    requires transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;

    exports io.millrace.testkit;
    exports io.millrace.testkit.contract;
    exports io.millrace.testkit.kernel;
    exports io.millrace.testkit.load;
    exports io.millrace.testkit.referee;
    exports io.millrace.testkit.script;
    exports io.millrace.testkit.sim;
}
