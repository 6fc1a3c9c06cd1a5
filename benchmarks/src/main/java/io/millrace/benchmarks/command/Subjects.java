// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

/**
 * What a benchmark compares: servers, loops, timers, files, or servers that speak TLS. The
 * parameter of JMH has that name.
 */
enum Subjects {
    SERVERS("server"),
    LOOPS("loop"),
    TIMERS("timer"),
    FILES("file"),
    TLS("tls");

    private final String parameter;

    Subjects(String parameter) {
        this.parameter = parameter;
    }

    String parameter() {
        return parameter;
    }
}
