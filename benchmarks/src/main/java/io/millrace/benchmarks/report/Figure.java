// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

/**
 * What one chart shows: the same quantity under the same conditions, of several subjects.
 *
 * @param quantity without its unit, such as "Messages echoed"
 * @param parameters the conditions in words, such as "64 connections, 64 B"; may be empty
 * @param unit such as "messages/s"
 * @param direction which end is the good one
 */
public record Figure(String quantity, String parameters, String unit, Direction direction) {
    /** Quantity and conditions on one line. */
    public String title() {
        return parameters.isEmpty() ? quantity : quantity + ", " + parameters;
    }
}
