// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

/** One place where a source file breaks a rule of the house, in the form that editors jump to. */
record Violation(String path, long line, String problem) {
    @Override
    public String toString() {
        return path + ":" + line + ": " + problem;
    }
}
