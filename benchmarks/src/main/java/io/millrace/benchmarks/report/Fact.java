// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

/**
 * Something to know about the machine, the software or the options.
 *
 * @param name in a few words
 * @param value in one line
 */
public record Fact(String name, String value) {}
