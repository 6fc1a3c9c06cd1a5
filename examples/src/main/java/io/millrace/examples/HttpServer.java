// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.charset.StandardCharsets;

/**
 * A small HTTP/1.1 server with one page, {@code /plaintext}: for curl, and to measure with wrk.
 *
 * <p>It keeps connections alive, answers pipelined requests in one write, refuses what is
 * malformed, and skips bodies; chunked ones are answered with 501.
 */
public final class HttpServer {
    private static final byte[] PLAINTEXT = "/plaintext".getBytes(StandardCharsets.US_ASCII);

    private HttpServer() {}

    public static void main(String[] arguments) {
        new ServerProgram(
                        "http",
                        ServerProgram.SCALABLE,
                        options -> stream -> HttpConnection.serve(stream, HttpServer::handle))
                .launch(arguments);
    }

    static void handle(HttpRequest request, HttpConnection connection) {
        if (!request.isReading()) {
            connection.send(HttpStatus.METHOD_NOT_ALLOWED);
        } else if (request.pathIs(PLAINTEXT)) {
            connection.sendPlaintext();
        } else {
            connection.send(HttpStatus.NOT_FOUND);
        }
    }
}
