// SPDX-License-Identifier: Apache-2.0

/**
 * Meters of event loops for Micrometer, which is an automatic module.
 *
 * @since 0.1.0
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.millrace.micrometer {
    requires transitive io.millrace.core;
    requires transitive micrometer.core;
    requires static org.jspecify;

    exports io.millrace.micrometer;
}
