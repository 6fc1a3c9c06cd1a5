// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

/**
 * One measured run.
 *
 * @param server by its name
 * @param shape of the load
 * @param repetition which one, from 1
 * @param leg of the repetition: 1 there, 2 back
 * @param attempts how many runs it took, of which this was the least disturbed
 * @param window the figures
 * @param residentKibibytes what the server's processes held right after
 */
record Sample(
        String server,
        Shape shape,
        int repetition,
        int leg,
        int attempts,
        Window window,
        long residentKibibytes) {}
