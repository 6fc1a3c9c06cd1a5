// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

/** Answers requests. One object serves all connections of all loops, so it has no state. */
@FunctionalInterface
interface HttpHandler {
    /**
     * Must answer at once, with exactly one of the connection's {@code send} methods, or {@link
     * HttpConnection#hold} it and do that later.
     */
    void handle(HttpRequest request, HttpConnection connection);
}
