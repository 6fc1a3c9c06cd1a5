// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

/**
 * Which subject to take for one kind of load.
 *
 * @param use the load in a few words
 * @param known what the figures tell, or that there are none
 * @param open what they do not tell; may be empty
 */
public record Answer(String use, String known, String open) {}
